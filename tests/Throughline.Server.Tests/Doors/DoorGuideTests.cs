using System.Text.RegularExpressions;
using Throughline.Server.Doors.Mapping;
using Throughline.Server.Tests.Kit;
using Throughline.Testing;

namespace Throughline.Server.Tests.Doors;

/// <summary>The guide of the doors says what they do.</summary>
public sealed partial class DoorGuideTests
{
    private static readonly string Guide = File.ReadAllText(Path.Combine(Repository.Root, "docs/guide/doors.md"));

    [Fact]
    public void Mapping_Example_IsOne()
    {
        string example = Example().Match(Guide).Groups[1].Value;
        DoorModel model = DoorKit.Model(example);
        Assert.Equal(3, model.Own.Count);
        Assert.Equal(DoorAction.Conversion, model.Match("subscription_started").Rule.As);
    }

    [Fact]
    public void Rules_ByDefault_AreInTheTable()
    {
        string table = Guide[Guide.IndexOf("By default:", StringComparison.Ordinal)..];
        table = table[..table.IndexOf("A refund without", StringComparison.Ordinal)];
        foreach ((string name, DoorRule rule) in DefaultRules.All)
        {
            string row = Assert.Single(
                table.Split('\n'),
                line => line.StartsWith("| `", StringComparison.Ordinal) && line.Split('|')[1].Contains($"`{name}`")
            );
            Assert.Contains(rule.As.ToString().ToLowerInvariant(), row);
        }
    }

    [Fact]
    public void Identifiers_ByDefault_AreInTheTable()
    {
        foreach (
            System.Reflection.PropertyInfo type in typeof(DoorIdentifiers)
                .GetProperties()
                .Where(one => one.PropertyType == typeof(string))
        )
        {
            string foreign = System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(type.Name);
            string row = Assert.Single(
                Guide.Split('\n'),
                line =>
                    line.StartsWith('|') && line.Split('|').Length == 7 && line.Split('|')[1].Contains($"`{foreign}`")
            );
            Assert.Contains($"`{type.GetValue(new DoorIdentifiers())}`", row.Split('|')[5]);
        }
    }

    [GeneratedRegex(@"```json\n(\{\n  ""version"".*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
