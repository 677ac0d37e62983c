namespace Throughline.Cel.Regex;

/// <summary>What bounds the work and the memory that a pattern can ask for.</summary>
internal static class RegexLimits
{
    /// <summary>The largest count of a repetition, and of nested ones multiplied; as in RE2.</summary>
    public const int Repetition = 1000;

    /// <summary>Groups within groups. RE2 allows 1,000; this many fit a small stack.</summary>
    public const int Nesting = 200;

    /// <summary>Instructions of a program after repetitions are written out. Fits the 16 bits of a DFA state's members.</summary>
    public const int Instructions = 32_000;

    /// <summary>Instructions times submatch slots: what a search with submatches may ask of memory.</summary>
    public const long Slots = 4_000_000;

    /// <summary>Distinct character sets times elementary ranges: the bits of the table that tells which set accepts what.</summary>
    public const long SetBits = 1 << 26;

    /// <summary>Bytes that the lazily built automaton of one pattern may hold.</summary>
    public const int DfaBytes = 32 * 1024;
}
