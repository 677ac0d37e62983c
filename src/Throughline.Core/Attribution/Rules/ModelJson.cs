using System.Numerics;
using System.Text.Json;
using Throughline.Cel.Check;
using Throughline.Core.Attribution.Models;

namespace Throughline.Core.Attribution.Rules;

/// <summary>
/// The member <c>model</c>: a name, or an object of <c>name</c> and parameters: <c>halfLife</c>; <c>starter</c>, <c>player</c>,
/// <c>closer</c>; <c>lead</c>, <c>opportunity</c>; <c>credit</c>; <c>table</c>.
/// </summary>
internal static class ModelJson
{
    private const long DefaultHalfLifeMs = 7 * AttributionRule.DayMs;

    private static readonly (string Name, AttributionModel Model)[] Plain =
    [
        ("last", AttributionModel.Last),
        ("first", new(ModelKind.First)),
        ("last_non_direct", new(ModelKind.LastNonDirect)),
        ("same_touch", new(ModelKind.SameTouch)),
        ("linear", AttributionModel.Linear),
        ("unique_linear", new(ModelKind.UniqueLinear)),
        ("participation", new(ModelKind.Participation)),
        ("u_shaped", AttributionModel.UShaped),
        ("j_shaped", AttributionModel.JShaped),
        ("inverse_j", AttributionModel.InverseJ),
    ];

    private static readonly string[] Names =
    [
        .. Plain.Select(x => x.Name),
        "w_shaped",
        "custom",
        "time_decay",
        "credit_vector",
        "data_driven",
    ];

    public static AttributionModel Read(RuleMembers rule, long most)
    {
        if (!rule.Find("model", out JsonElement json))
            return AttributionModel.Last;
        if (json.ValueKind == JsonValueKind.String && OfName(json.GetString()!) is { } plain)
            return plain;
        if (json.ValueKind == JsonValueKind.String)
        {
            Unknown(rule, rule.At("model"), json.GetString()!);
            return AttributionModel.Last;
        }
        RuleMembers members = new(json, rule.At("model"), rule.Issues, "a model is a name, or");
        AttributionModel model = OfObject(members, most);
        members.End();
        return model;
    }

    public static JsonElement Write(AttributionModel model)
    {
        foreach ((string name, AttributionModel plain) in Plain)
            if (plain.Kind == model.Kind && plain.Shares.SequenceEqual(model.Shares))
                return JsonSerializer.SerializeToElement(name);
        return JsonSerializer.SerializeToElement<object>(
            model.Kind switch
            {
                ModelKind.TimeDecay => new { name = "time_decay", halfLife = Events.DurationText.Of(model.HalfLifeMs) },
                ModelKind.W => new
                {
                    name = "w_shaped",
                    lead = model.Lead,
                    opportunity = model.Opportunity,
                },
                ModelKind.CreditVector => new { name = "credit_vector", credit = model.Shares },
                ModelKind.DataDriven => new
                {
                    name = "data_driven",
                    table = $"{model.Table.Name}@{model.Table.Version}",
                },
                _ => new
                {
                    name = "custom",
                    starter = model.Shares[0],
                    player = model.Shares[1],
                    closer = model.Shares[2],
                },
            }
        );
    }

    private static AttributionModel OfObject(RuleMembers members, long most)
    {
        string name = members.Text("name") ?? "";
        switch (name)
        {
            case "time_decay":
                long halfLife = members.Duration("halfLife", most) ?? DefaultHalfLifeMs;
                members.Issues.Require(halfLife > 0, members.At("halfLife"), "it must be longer than nothing");
                return new(ModelKind.TimeDecay) { HalfLifeMs = Math.Max(1, halfLife) };
            case "custom":
                return new(ModelKind.Position) { Shares = Shares(members, ["starter", "player", "closer"]) };
            case "credit_vector":
                return new(ModelKind.CreditVector) { Shares = Shares(members, null) };
            case "w_shaped":
                return new(ModelKind.W)
                {
                    Lead = Needed(members, "lead"),
                    Opportunity = Needed(members, "opportunity"),
                };
            case "data_driven":
                return new(ModelKind.DataDriven) { Table = Table(members) };
            default:
                if (OfName(name) is { } plain)
                    return plain;
                if (members.IsObject)
                    Unknown(members, members.At("name"), name);
                return AttributionModel.Last;
        }
    }

    private static AttributionModel? OfName(string name) =>
        name == "time_decay"
            ? new(ModelKind.TimeDecay) { HalfLifeMs = DefaultHalfLifeMs }
            : Array.Find(Plain, x => x.Name == name).Model;

    private static void Unknown(RuleMembers members, string at, string name) =>
        members.Issues.Add(at, $"'{name}' is not one of {string.Join(", ", Names)}{Suggestion.For(name, Names)}");

    private static string Needed(RuleMembers members, string name)
    {
        string? text = members.Text(name);
        members.Issues.Require(
            text is not null,
            members.At(name),
            "it is missing: the kind of touch that is this milestone"
        );
        return text ?? "";
    }

    private static (string Name, int Version) Table(RuleMembers members)
    {
        string text = members.Text("table") ?? "";
        int at = text.LastIndexOf('@');
        if (
            at > 0
            && int.TryParse(text.AsSpan(at + 1), System.Globalization.NumberStyles.None, null, out int version)
            && version > 0
        )
            return (text[..at], version);
        members.Issues.Add(members.At("table"), "a table and its version are expected, such as markov@3");
        return ("", 0);
    }

    // Decimals as written, brought to whole numbers of a common unit.
    private static IReadOnlyList<long> Shares(RuleMembers members, string[]? names)
    {
        List<JsonElement> given = [];
        string at = names is null ? members.At("credit") : members.Pointer;
        if (names is not null)
            foreach (string name in names)
                given.Add(members.Find(name, out JsonElement value) ? value : default);
        else if (members.Find("credit", out JsonElement list) && list.ValueKind == JsonValueKind.Array)
            given.AddRange(list.EnumerateArray());
        List<Rational> shares = [];
        foreach (JsonElement value in given)
            if (
                value.ValueKind == JsonValueKind.Number
                && Rational.TryParse(value.GetRawText(), out Rational share)
                && share.Sign >= 0
            )
                shares.Add(share);
        bool isWhole =
            shares.Count == given.Count
            && shares.Count is > 0 and <= AttributionModel.SharesMax
            && shares.Exists(share => !share.IsZero);
        if (!members.Issues.Require(isWhole, at, Expected(names)))
            return [1, 1, 1];
        BigInteger unit = shares.Aggregate(
            BigInteger.One,
            (all, share) => all * share.Denominator / BigInteger.GreatestCommonDivisor(all, share.Denominator)
        );
        BigInteger[] whole = [.. shares.Select(share => share.Numerator * (unit / share.Denominator))];
        if (
            !members.Issues.Require(
                whole.Max() <= AttributionModel.ShareMax,
                at,
                $"as whole numbers of one unit the shares are greater than {AttributionModel.ShareMax}: write fewer decimals"
            )
        )
            return [1, 1, 1];
        return [.. whole.Select(x => (long)x)];
    }

    private static string Expected(string[]? names) =>
        names is null
            ? $"'credit' is a list of 1 to {AttributionModel.SharesMax} numbers, none below 0, not all 0"
            : $"{string.Join(", ", names)} are numbers, none below 0, not all 0";
}
