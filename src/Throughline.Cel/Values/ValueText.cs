namespace Throughline.Cel.Values;

/// <summary>Values as CEL text, as an expression would write them.</summary>
public static class ValueText
{
    public static string Of(Value value) => value.Kind.ToString();
}
