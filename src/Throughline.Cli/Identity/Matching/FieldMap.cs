using Throughline.Cli.CommandLine;
using Throughline.Core.Identity.Matching;

namespace Throughline.Cli.Identity.Matching;

/// <summary>A column that feeds a field.</summary>
internal readonly record struct MappedColumn(MatchField Field, string Column);

/// <summary>Reads <c>--map FIELD=COLUMN,FIELD=COLUMN</c>; a field may stand in several entries.</summary>
internal static class FieldMap
{
    /// <exception cref="CommandException">An entry is no mapping or its field is unknown.</exception>
    public static IReadOnlyList<MappedColumn> Parse(IEnumerable<string> options)
    {
        List<MappedColumn> columns = [];
        foreach (
            string entry in options.SelectMany(x =>
                x.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            )
        )
        {
            int equals = entry.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || equals == entry.Length - 1)
                throw Wrong($"'{entry}' is not FIELD=COLUMN.");
            string name = entry[..equals].Trim();
            if (!MatchFields.TryParse(name, out MatchField field))
                throw Wrong($"There is no field '{name}'. The fields are {string.Join(", ", MatchFields.All)}.");
            columns.Add(new(field, entry[(equals + 1)..].Trim()));
        }
        return columns.Count > 0 ? columns : throw Wrong("--map names no column.");
    }

    /// <summary>The columns of <c>--id COL,COL</c>.</summary>
    public static IReadOnlyList<string> ParseId(string option)
    {
        string[] columns = option.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return columns.Length > 0 ? columns : throw Wrong("--id names no column.");
    }

    private static CommandException Wrong(string message) => CommandException.BadInput("bad_map", message);
}
