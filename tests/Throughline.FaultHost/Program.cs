using System.Globalization;
using Throughline.FaultHost;
using Throughline.Testing.Faults;

// The process that storage tests run on a failing disk, since a disk can be exchanged only at the start of a process.
// One line tells the outcome; exit code 1 means that a promise was broken.
//   cases MODE ERRNO FORGOOD SEED STRIDE   every STRIDE-th operation of a run fails, one run each (see FaultCases)
//   load FOLDER SEED                       commits until it is killed, and prints what is acknowledged (see Load)
//   replace FOLDER SEED DONE               replaces events until it is killed, and prints what is acknowledged (see Replacing)
int Number(int index) => int.Parse(args[index], CultureInfo.InvariantCulture);
switch (args.FirstOrDefault())
{
    case "cases":
        FaultMode mode = Enum.Parse<FaultMode>(args[1]);
        return FaultCases.Run(mode, error: Number(2), forGood: Number(3) != 0, seed: Number(4), stride: Number(5));
    case "load":
        return Load.Run(folder: args[1], seed: Number(2));
    case "replace":
        return Replacing.Run(folder: args[1], seed: Number(2), acknowledged: Number(3));
    default:
        Console.Error.WriteLine(
            "usage: cases MODE ERRNO FORGOOD SEED STRIDE | load FOLDER SEED | replace FOLDER SEED DONE"
        );
        return 2;
}
