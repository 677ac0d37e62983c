using System.Xml.Linq;
using Throughline.Cel.Library;
using Throughline.Cel.Parse;
using Throughline.Cel.Types;

namespace Throughline.Cel.Tests.Library;

/// <summary>The declarations of all libraries.</summary>
public sealed class LibrariesTests
{
    private static readonly IReadOnlyList<(string Function, Overload Overload)> All =
    [
        .. from library in Libraries.All
        from function in library.Functions
        from overload in function.Overloads
        select (function.Name, overload),
    ];

    [Fact]
    public void All_Ids_AreUnique() =>
        Assert.Empty(All.GroupBy(x => x.Overload.Id).Where(x => x.Count() > 1).Select(x => x.Key));

    [Fact]
    public void All_OverloadsButLogic_Compute()
    {
        IEnumerable<string> without = All.Where(x => x.Overload.Compute is null).Select(x => x.Overload.Id);

        Assert.Equal(["conditional", "logical_and", "logical_or", "not_strictly_false"], without);
    }

    [Fact]
    public void All_Costs_GrowWithTheirArguments()
    {
        foreach ((_, Overload overload) in All.Where(x => x.Overload.Cost is not null))
        {
            ulong[] small = [.. overload.Parameters.Select(_ => 0UL)];
            ulong[] large = [.. overload.Parameters.Select(_ => ulong.MaxValue)];
            Assert.InRange(overload.Cost!(small), 1UL, overload.Cost!(large));
        }
    }

    [Fact]
    public void All_ResultParameters_AreBoundByArguments()
    {
        // What a selection gives, its operand says at run time.
        foreach ((string name, Overload overload) in All.Where(x => x.Overload.Parameters.Count > 0))
            if (name != Operators.OptionalSelect)
                Assert.Empty(Names(overload.Result).Except(overload.Parameters.SelectMany(Names)));
    }

    [Fact]
    public void All_Declarations_NameTheirSpecification()
    {
        // The compiler writes down the summaries of internal types too.
        Dictionary<string, string> summaries = XDocument
            .Load(Path.ChangeExtension(typeof(Libraries).Assembly.Location, ".xml"))
            .Descendants("member")
            .ToDictionary(x => (string)x.Attribute("name")!, x => x.Element("summary")?.Value ?? "");
        Type[] declaring =
        [
            .. typeof(Libraries)
                .Assembly.GetTypes()
                .Where(x =>
                    x.GetFields().Any(y => y.FieldType == typeof(FunctionLibrary) || y.FieldType == typeof(Function[]))
                )
                .Where(x => x != typeof(Libraries)),
        ];

        Assert.True(declaring.Length >= 15);
        foreach (Type type in declaring)
            Assert.Matches(@"\((specification|cel-spec|cel-go|the suite's section)\b", summaries[$"T:{type.FullName}"]);
    }

    private static IEnumerable<string> Names(CelType type) =>
        type.Kind == TypeKind.Parameter ? [type.Name] : type.Parameters.SelectMany(Names);
}
