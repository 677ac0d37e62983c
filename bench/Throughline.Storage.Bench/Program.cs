using Throughline.Storage.Bench;

// Measures one part of Storage: dotnet run -c Release --project bench/Throughline.Storage.Bench -- log [events] [batch]
string part = args.Length > 0 ? args[0] : "help";
int Number(int index, int otherwise) =>
    args.Length > index ? int.Parse(args[index], System.Globalization.CultureInfo.InvariantCulture) : otherwise;
switch (part)
{
    case "log":
        LogBench.Run(events: Number(1, 3_000_000), batch: Number(2, 2000), eventBytes: Number(3, 300));
        return 0;
    default:
        Console.Error.WriteLine("usage: log [events] [batch] [bytes of an event]");
        return 2;
}
