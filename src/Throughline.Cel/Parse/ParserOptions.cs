namespace Throughline.Cel.Parse;

/// <summary>What the parser accepts, and its limits. The defaults are for rules that people write.</summary>
public sealed record ParserOptions
{
    /// <summary>All of the language, with limits for rules that people write.</summary>
    public static readonly ParserOptions Default = new();

    /// <summary>The longest source text, in UTF-16 units.</summary>
    public int MaxLength { get; init; } = 65_536;

    /// <summary>
    /// The deepest nesting: of parentheses, calls and literals in the text, and of the tree that comes out with its macros
    /// expanded. Chains count one level a link (<c>a + b + c</c>, <c>a.b.c</c>), but chains of <c>&amp;&amp;</c> and of
    /// <c>||</c> become balanced trees, so their length does not matter. The specification asks for 32.
    /// </summary>
    public int MaxDepth { get; init; } = 250;

    /// <summary>The most elements of one list, map or message literal, and the most arguments of one call.</summary>
    public int MaxElements { get; init; } = 10_000;

    /// <summary>Calls of macros are expanded; otherwise they stay calls.</summary>
    public bool Macros { get; init; } = true;

    /// <summary><c>a.?b</c>, <c>a[?b]</c>, <c>[?a]</c>, <c>{?k: v}</c> and <c>T{?f: v}</c>.</summary>
    public bool OptionalSyntax { get; init; } = true;

    /// <summary>Fields in backticks: <c>a.`b-c`</c>.</summary>
    public bool QuotedIdentifiers { get; init; } = true;
}
