using Throughline.Cli.Tests.CommandLine;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Identity.Components;

/// <summary>The validation graphs of LDBC Graphalytics for weakly connected components: equal partitions, names are free.</summary>
public sealed class LdbcTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("wcc-dir-input.txt", "wcc-dir-output.txt")]
    [InlineData("wcc-undir-input.txt", "wcc-undir-output.txt")]
    [InlineData("example-directed.e.txt", "example-directed-WCC.txt")]
    [InlineData("example-undirected.e.txt", "example-undirected-WCC.txt")]
    public async Task Run_ValidationGraph_GivesThePartition(string graph, string expected)
    {
        bool isWeighted = graph.Contains(".e.", StringComparison.Ordinal);
        IEnumerable<string[]> lines = File.ReadLines(SharedData.Require("identity/ldbc-wcc/" + graph))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        // A vertex of an adjacency list may stand alone: an edge with itself says that it is there.
        IEnumerable<string> edges = isWeighted
            ? lines.Select(x => $"{x[0]},{x[1]}")
            : lines.SelectMany(x => x.Select(neighbour => $"{x[0]},{neighbour}"));
        File.WriteAllLines(folder["edges.csv"], edges);

        CommandRun run = await CommandRun.OfAsync(
            "identity",
            "components",
            folder["edges.csv"],
            "--out",
            folder["out.csv"],
            "--json"
        );

        Assert.Equal(0, run.Exit);
        Assert.Equal(
            Groups(File.ReadLines(SharedData.Require("identity/ldbc-wcc/" + expected)), ' '),
            Groups(File.ReadLines(folder["out.csv"]).Skip(1), ',')
        );
    }

    private static string[] Groups(IEnumerable<string> rows, char separator) =>
        [
            .. rows.Select(row => row.Split(separator))
                .GroupBy(row => row[1], row => int.Parse(row[0], null), StringComparer.Ordinal)
                .Select(group => string.Join(' ', group.Order()))
                .Order(StringComparer.Ordinal),
        ];
}
