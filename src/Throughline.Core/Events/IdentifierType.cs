using System.Collections.Frozen;

namespace Throughline.Core.Events;

/// <summary>
/// The well-known identifier types. A code is stored in records: never renumber. Codes from <see cref="FirstCustom"/> on
/// are positions in the record's own list of custom type names.
/// </summary>
public static class IdentifierType
{
    public const byte User = 1;
    public const byte Email = 2;
    public const byte Phone = 3;
    public const byte Device = 4;
    public const byte Cookie = 5;

    /// <summary>The first code of a custom type, within one record.</summary>
    public const byte FirstCustom = 128;

    private static readonly string[] Names = ["", "user", "email", "phone", "device", "cookie"];

    private static readonly FrozenDictionary<string, byte> Codes = Names
        .Select((name, code) => (name, code: (byte)code))
        .Skip(1)
        .ToFrozenDictionary(x => x.name, x => x.code, StringComparer.Ordinal);

    /// <summary>The name of a well-known code.</summary>
    public static string NameOf(byte code) => Names[code];

    /// <summary>The code of a well-known name.</summary>
    public static bool TryCodeOf(string name, out byte code) => Codes.TryGetValue(name, out code);
}
