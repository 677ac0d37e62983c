namespace Throughline.Cel.Compile;

/// <summary>Tests of a field that need no constant.</summary>
internal enum FlagTest
{
    /// <summary><c>has(field)</c>.</summary>
    IsThere,
    IsTrue,
    IsFalse,
}

internal sealed class FlagIndexBuilder<T>(Slot<T> slot, FlagTest test)
    // Whether the field itself is there is what is asked: only what it is part of can make the test fail.
    : FieldIndexBuilder<T>(test == FlagTest.IsThere ? slot.Parent : slot)
{
    private readonly List<int> rules = [];

    protected override void Add(Atom<T> atom, int rule) => AddOnce(rules, rule);

    public override FieldIndex<T> Build() => new FlagIndex<T>(slot, test, Missing(), [.. rules]);
}

/// <summary>One test that rules have in common.</summary>
internal sealed class FlagIndex<T>(Slot<T> slot, FlagTest test, MissingRules<T>? missing, int[] rules) : FieldIndex<T>
{
    private readonly Func<T, bool>? own = slot.Own;
    private readonly Func<T, bool>? field = (slot as ScalarSlot<T, bool>)?.Field;

    public override void Find(T input, RuleSet<T> set, RuleMatches matches)
    {
        if (missing is not null && missing.Find(input, set, matches))
            return;
        bool holds = test == FlagTest.IsThere ? own is null || own(input) : field!(input) == (test == FlagTest.IsTrue);
        if (holds)
            set.Hit(rules, input, matches);
    }
}
