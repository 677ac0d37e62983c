using System.Globalization;
using Throughline.Storage.Bench;

// Measures one part of Storage: dotnet run -c Release --project bench/Throughline.Storage.Bench -- log [events] [batch]
int Number(int index, int otherwise) =>
    args.Length > index ? int.Parse(args[index], CultureInfo.InvariantCulture) : otherwise;
switch (args.FirstOrDefault())
{
    case "log":
        LogBench.Run(events: Number(1, 3_000_000), batch: Number(2, 2000), eventBytes: Number(3, 300));
        return 0;
    case "ids":
        IdBench.Run(days: Number(1, 33), idsPerDay: Number(2, 300_000));
        return 0;
    case "snapshot":
        SnapshotBench.Run(megabytes: Number(1, 1024));
        return 0;
    case "keys":
        KeyBench.Run(rounds: Number(1, 1_000_000));
        return 0;
    case "places":
        PlaceBench.Run(millions: Number(1, 8));
        return 0;
    default:
        Console.Error.WriteLine(
            "usage: log [events] [batch] [bytes of an event] | ids [days] [ids a day] | snapshot [MiB] | keys [rounds] | places [million events]"
        );
        return 2;
}
