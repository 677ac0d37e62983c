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

    private static IEnumerable<string> Names(CelType type) =>
        type.Kind == TypeKind.Parameter ? [type.Name] : type.Parameters.SelectMany(Names);
}
