using System.Globalization;
using Throughline.Cel.Library;
using Throughline.Cel.Types;

namespace Throughline.Core.Gate.Rules;

/// <summary>Checks lists and compiles what is looked up in them.</summary>
internal sealed class ListCompiler(
    GateLimits limits,
    ModelIssues issues,
    ExpressionCompiler expressions,
    ExpressionScope features
)
{
    public ListPlan[] Compile(IReadOnlyList<ListDocument> lists)
    {
        Dictionary<string, int> places = [];
        List<ListPlan> plans = [];
        long entries = 0;
        for (int i = 0; i < lists.Count; i++)
        {
            ListDocument list = lists[i];
            string path = string.Create(CultureInfo.InvariantCulture, $"/lists/{i}");
            issues.Require(NameRules.IsVariable(list.Name), path + "/name", $"a name has {NameRules.OfVariable}");
            issues.Unique(places, list.Name, i, "list", "/lists", path + "/name");
            entries += list.Entries.Count;
            if (issues.Known(list.Kind, path + "/kind"))
                plans.Add(new(list, Of(list, path + "/of")));
            CheckEntries(list, path + "/entries");
        }
        issues.Require(
            entries <= limits.EntriesMax,
            "/lists",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{entries} entries; {limits.EntriesMax} are the limit in a document: import larger lists"
            )
        );
        return [.. plans];
    }

    private GateExpression? Of(ListDocument list, string path)
    {
        if (list.Of is null)
        {
            issues.Require(
                list.Kind == ListKind.Address,
                path,
                $"a list of kind {list.Kind} must say what is looked up"
            );
            return null;
        }
        CelType type = list.Kind switch
        {
            ListKind.Address => NetworkTypes.Ip,
            ListKind.Number => CelType.Int,
            _ => CelType.String,
        };
        return expressions.Compile(
            list.Of,
            path,
            features,
            [Forbidden.Counters, Forbidden.Lists, Forbidden.ResponseInKey],
            type
        );
    }

    private void CheckEntries(ListDocument list, string path)
    {
        for (int i = 0; i < list.Entries.Count; i++)
        {
            ListEntryDocument entry = list.Entries[i];
            string? wrong = list.Kind switch
            {
                ListKind.Address when !IsNetwork(entry.Value) => $"'{entry.Value}' is no address and no CIDR block",
                ListKind.Number when !long.TryParse(entry.Value, CultureInfo.InvariantCulture, out _) =>
                    $"'{entry.Value}' is no number",
                ListKind.Text or ListKind.Contains when string.IsNullOrEmpty(entry.Value) => "an entry is empty",
                _ => null,
            };
            if (wrong is not null)
                issues.Add(string.Create(CultureInfo.InvariantCulture, $"{path}/{i}/value"), wrong);
        }
    }

    private static bool IsNetwork(string text) =>
        IpAddress.TryParse(text, out _, out _) || IpPrefix.TryParse(text, out _, out _);
}
