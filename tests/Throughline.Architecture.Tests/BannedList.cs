using Throughline.Testing;

namespace Throughline.Architecture.Tests;

/// <summary>
/// The symbols that eng/BannedSymbols*.txt forbid, matched against what a compiled assembly refers to: a second look
/// that no <c>#pragma</c> can switch off.
/// </summary>
internal sealed class BannedList
{
    private readonly List<string> namespaces = [];
    private readonly HashSet<string> types = [];
    private readonly HashSet<string> members = [];

    public static BannedList Of(params string[] files)
    {
        BannedList list = new();
        foreach (string line in files.SelectMany(file => File.ReadLines(Repository.PathOf($"eng/{file}"))))
            list.Add(line.Split(';')[0]);
        return list;
    }

    /// <summary>Those of an assembly's references that are banned.</summary>
    public IEnumerable<string> In(AssemblyReferences found) =>
        found
            .Types.Where(type => IsBannedType(type) && !IsOfTheCompiler(type, found))
            .Concat(found.Members.Where(members.Contains))
            .Order(StringComparer.Ordinal);

    private bool IsBannedType(string type) =>
        types.Contains(type) || namespaces.Exists(name => type.StartsWith(name + ".", StringComparison.Ordinal));

    // An iterator asks which thread it runs on: the compiler writes that.
    private static bool IsOfTheCompiler(string type, AssemblyReferences found) =>
        type == "System.Environment"
        && found
            .Members.Where(member => member.StartsWith("System.Environment.", StringComparison.Ordinal))
            .All(member => member == "System.Environment.get_CurrentManagedThreadId/0");

    private void Add(string symbol)
    {
        string name = symbol[2..];
        switch (symbol[..2])
        {
            case "N:":
                namespaces.Add(name);
                break;
            case "T:":
                types.Add(name);
                break;
            case "P:":
                int dot = name.LastIndexOf('.');
                members.Add($"{name[..dot]}.get_{name[(dot + 1)..]}/0");
                break;
            case "M:":
                members.Add(WithArity(name.Replace("#ctor", ".ctor", StringComparison.Ordinal)));
                break;
            default:
                throw new InvalidDataException($"'{symbol}' is not a symbol that this test can match.");
        }
    }

    private static string WithArity(string method)
    {
        int open = method.IndexOf('(', StringComparison.Ordinal);
        return open < 0 ? $"{method}/0" : $"{method[..open]}/{method.AsSpan(open).Count(',') + 1}";
    }
}
