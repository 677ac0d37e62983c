using System.Text.RegularExpressions;

namespace Throughline.Server.Tenants;

/// <summary>
/// The name of a tenant: <c>[a-z][a-z0-9-]{0,62}</c>. It is a folder name too, so nothing else may ever become one.
/// </summary>
public readonly partial record struct TenantId
{
    public const string Form = "[a-z][a-z0-9-]{0,62}";

    private readonly string? value;

    private TenantId(string value) => this.value = value;

    /// <summary>The text; throws for a <c>default</c> value, which names nobody.</summary>
    public string Value => value ?? throw new InvalidOperationException("this tenant id was never given a value");

    public static bool TryParse(string? text, out TenantId id)
    {
        bool valid = text is not null && Pattern().IsMatch(text);
        id = valid ? new(text!) : default;
        return valid;
    }

    /// <exception cref="FormatException">The text is not of the form.</exception>
    public static TenantId Parse(string text) =>
        TryParse(text, out TenantId id) ? id : throw new FormatException($"a tenant id must match {Form}");

    public override string ToString() => value ?? "";

    [GeneratedRegex("^" + Form + @"\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Pattern();
}
