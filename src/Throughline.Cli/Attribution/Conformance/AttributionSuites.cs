namespace Throughline.Cli.Attribution.Conformance;

/// <summary>The suites of attribution by name.</summary>
internal static class AttributionSuites
{
    public static IReadOnlyList<string> Names { get; } = ["w3c", "ara", "worked", "fractribution", "pathdata", "ga4"];

    /// <summary>Runs every case of a suite below the folder.</summary>
    public static ConformanceTally Run(string suite, string folder)
    {
        ConformanceTally tally = new(folder);
        Action<ConformanceTally> run = suite switch
        {
            "w3c" => W3cSuite.Run,
            "ara" => AraSuite.Run,
            "worked" => WorkedSuite.Run,
            "fractribution" => FractributionSuite.Run,
            "pathdata" => PathDataSuite.Run,
            "ga4" => GaSuite.Run,
            _ => throw new ArgumentOutOfRangeException(nameof(suite), suite, "no such suite"),
        };
        run(tally);
        return tally;
    }
}
