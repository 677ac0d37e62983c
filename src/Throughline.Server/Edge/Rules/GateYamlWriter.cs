using System.Globalization;
using System.Text;
using Throughline.Core.Gate.Rules;

namespace Throughline.Server.Edge.Rules;

/// <summary>Writes documents as YAML that <see cref="GateYaml"/> reads back to the same documents; what has its default is left out.</summary>
public static class GateYamlWriter
{
    public static string Write(GateDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        YamlText text = new();
        text.List("lists", document.Lists, Write);
        text.List("counters", document.Counters, Write);
        text.List("routes", document.Routes, Write);
        text.List("rules", document.Rules, Write);
        return text.ToString();
    }

    private static void Write(YamlText text, RuleDocument rule)
    {
        RuleDocument plain = new() { Id = rule.Id, When = rule.When };
        text.Text("id", rule.Id);
        text.Text("reason", rule.Reason);
        text.Text("owner", rule.Owner);
        text.Block("when", rule.When);
        text.Word("phase", rule.Phase, plain.Phase);
        text.Word("action", rule.Action, plain.Action);
        text.Number("score", rule.Score, plain.Score);
        text.Text("tag", rule.Tag);
        text.Number("priority", rule.Priority, plain.Priority);
        text.Word("mode", rule.Mode, plain.Mode);
        if (!rule.CanaryPercent.Equals(plain.CanaryPercent))
            text.Raw("canary", YamlForms.Percent(rule.CanaryPercent));
        if (!rule.HoldoutPercent.Equals(plain.HoldoutPercent))
            text.Raw("holdout", YamlForms.Percent(rule.HoldoutPercent));
        if (rule.ExpiresAt is { } end)
            text.Raw("expires", YamlForms.Instant(end));
        text.Texts("routes", rule.Routes);
        if (rule.Denial is { } denial)
            Write(text, denial);
        if (rule.Difficulty is { } difficulty)
            text.Raw("difficulty", difficulty.ToString(CultureInfo.InvariantCulture));
        text.Text("addToList", rule.AddToList);
        text.Duration("listFor", rule.ListForMs, plain.ListForMs);
        text.Duration("quiet", rule.QuietMs, plain.QuietMs);
        text.Flag("bot", rule.Bot);
    }

    private static void Write(YamlText text, DenialDocument denial) =>
        text.Map(
            "denial",
            () =>
            {
                text.Raw("status", denial.Status.ToString(CultureInfo.InvariantCulture));
                text.Text("body", denial.Body);
                text.Text("contentType", denial.ContentType);
                text.Duration("delay", denial.DelayMs, 0);
            }
        );

    private static void Write(YamlText text, CounterDocument counter)
    {
        CounterDocument plain = new() { Name = counter.Name };
        text.Text("name", counter.Name);
        text.Texts("key", counter.Key);
        text.Word("kind", counter.Kind, plain.Kind);
        text.Duration("window", counter.WindowMs, plain.WindowMs);
        text.Block("where", counter.Where);
        text.Block("of", counter.Of);
        text.Word("phase", counter.Phase, plain.Phase);
        text.Duration("leak", counter.LeakMs, plain.LeakMs);
        text.Number("capacity", counter.Capacity, plain.Capacity);
    }

    private static void Write(YamlText text, ListDocument list)
    {
        text.Text("name", list.Name);
        text.Word("kind", list.Kind, ListKind.Address);
        text.Block("of", list.Of);
        text.List("entries", list.Entries, Write);
    }

    private static void Write(YamlText text, ListEntryDocument entry)
    {
        text.Text("value", entry.Value);
        if (entry.ExpiresAt is { } end)
            text.Raw("expires", YamlForms.Instant(end));
        text.Text("source", entry.Source);
        text.Text("reason", entry.Reason);
    }

    private static void Write(YamlText text, RouteDocument route)
    {
        text.Text("id", route.Id);
        text.Texts("hosts", route.Hosts);
        text.Texts("paths", route.PathPrefixes);
        text.Word("onFailure", route.OnFailure, FailPolicy.Open);
        if (route.Record is { } record)
            text.Raw("record", Words.Of(record));
        if (route.ChallengeScore is { } challenge)
            text.Raw("challengeScore", challenge.ToString(CultureInfo.InvariantCulture));
        if (route.DenyScore is { } deny)
            text.Raw("denyScore", deny.ToString(CultureInfo.InvariantCulture));
        text.Text("challengeUrl", route.ChallengeUrl);
        if (route.ChallengeDifficulty is { } difficulty)
            text.Raw("challengeDifficulty", difficulty.ToString(CultureInfo.InvariantCulture));
        if (route.Denial != new DenialDocument())
            Write(text, route.Denial);
    }
}

/// <summary>Lines of YAML under way.</summary>
internal sealed class YamlText
{
    private static readonly System.Buffers.SearchValues<char> Plain = System.Buffers.SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-"
    );
    private static readonly string[] Reserved = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];

    private readonly StringBuilder text = new();
    private int depth;
    private bool afterDash;

    public override string ToString() => text.ToString();

    public void List<T>(string name, IReadOnlyList<T> items, Action<YamlText, T> write)
    {
        if (items.Count == 0)
            return;
        Line($"{name}:");
        depth++;
        foreach (T item in items)
        {
            text.Append(' ', 2 * depth).Append("- ");
            afterDash = true;
            depth++;
            write(this, item);
            depth--;
            afterDash = false;
        }
        depth--;
    }

    public void Map(string name, Action write)
    {
        Line($"{name}:");
        depth++;
        write();
        depth--;
    }

    public void Raw(string name, string value) => Line($"{name}: {value}");

    public void Text(string name, string? value)
    {
        if (value is not null)
            Raw(name, Scalar(value));
    }

    /// <summary>Expressions, as they are, after a bar; what has no such form is quoted.</summary>
    public void Block(string name, string? value)
    {
        if (value is null)
            return;
        bool fits =
            value.Length > 0 && value[0] is not (' ' or '\n') && !value.Any(c => c != '\n' && (c < ' ' || c > '~'));
        int ends = value.Length - value.TrimEnd('\n').Length;
        if (!fits || ends > 1)
        {
            Text(name, value);
            return;
        }
        Line(name + (ends == 0 ? ": |-" : ": |"));
        foreach (string line in value.TrimEnd('\n').Split('\n'))
            text.Append(' ', line.Length == 0 ? 0 : 2 * depth + 2).Append(line).Append('\n');
    }

    public void Texts(string name, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
            Raw(name, $"[{string.Join(", ", values.Select(Scalar))}]");
    }

    public void Word<T>(string name, T value, T unless)
        where T : struct, Enum
    {
        if (!EqualityComparer<T>.Default.Equals(value, unless))
            Raw(name, Words.Of(value));
    }

    public void Number(string name, int value, int unless)
    {
        if (value != unless)
            Raw(name, value.ToString(CultureInfo.InvariantCulture));
    }

    public void Duration(string name, long ms, long unless)
    {
        if (ms != unless)
            Raw(name, YamlForms.Duration(ms));
    }

    public void Flag(string name, bool value)
    {
        if (value)
            Raw(name, "true");
    }

    private void Line(string line)
    {
        if (afterDash)
            afterDash = false;
        else
            text.Append(' ', 2 * depth);
        text.Append(line).Append('\n');
    }

    // Without quotes only what nobody can take for anything else.
    private static string Scalar(string value)
    {
        bool isPlain =
            value.Length > 0
            && (char.IsAsciiLetter(value[0]) || value[0] == '/')
            && !value.AsSpan().ContainsAnyExcept(Plain)
            && !Reserved.Contains(value, StringComparer.OrdinalIgnoreCase);
        if (isPlain)
            return value;
        StringBuilder quoted = new("\"");
        foreach (Rune rune in value.EnumerateRunes())
            _ = rune.Value switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                >= ' ' and <= '~' => quoted.Append((char)rune.Value),
                _ => quoted.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:X8}"),
            };
        return quoted.Append('"').ToString();
    }
}
