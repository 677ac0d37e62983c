namespace Throughline.Core.Gate.Rules;

/// <summary>How enums of documents are written for people: in lower case, words joined.</summary>
public static class Words
{
    /// <summary>A value's word: <c>deny</c>, <c>distinctBucket</c>.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum
    {
        string name = value.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }
}
