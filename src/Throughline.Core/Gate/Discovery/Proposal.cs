using System.Globalization;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Discovery;

/// <summary>A rule that the traffic suggests, and why.</summary>
/// <param name="When">In the rule language.</param>
/// <param name="Says">Its conditions in plain words, to follow on "requests".</param>
/// <param name="Judged">The signs of people that it was judged by: those that it does not read.</param>
/// <param name="Spares">Conditions among them that only spare visitors who have shown a sign, in the rule language.</param>
/// <param name="Training">Evidence of the days that it was looked for, of visitors whom no rule in force flags.</param>
/// <param name="HeldOut">The same of the held-out days.</param>
/// <param name="Added">The same of all days, of visitors that no proposal before it hits.</param>
public sealed record Proposal(
    string Id,
    string When,
    string Says,
    Signs Judged,
    IReadOnlyList<string> Spares,
    Evidence Training,
    Evidence HeldOut,
    Evidence Added
)
{
    /// <summary>The bound of the probability that chance alone shows so few signs on the held-out days.</summary>
    public double HeldOutP => Math.Exp(HeldOut.LogP);

    /// <summary>Proposals as a rule set: in shadow, with the counters that they read.</summary>
    public static GateDocument ToDocument(IReadOnlyList<Proposal> proposals, Vocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(proposals);
        ArgumentNullException.ThrowIfNull(vocabulary);
        return new()
        {
            Counters = [.. vocabulary.Counters.Where(x => proposals.Any(y => Reads(y.When, x.Name)))],
            Rules = [.. proposals.Select(x => x.ToRule())],
        };
    }

    private RuleDocument ToRule() =>
        new()
        {
            Id = Id,
            When = When,
            Action = RuleAction.Tag,
            Tag = "discovered",
            Bot = true,
            Mode = RuleMode.Shadow,
            Reason = string.Create(
                CultureInfo.InvariantCulture,
                $"Requests {Says}. Were they people, about {Training.Expected + HeldOut.Expected:F0} of {Training.Visitors + HeldOut.Visitors} visitors would have {Words(Judged)}; {Training.Shown + HeldOut.Shown} did."
            ),
        };

    /// <summary>What people with these signs have done.</summary>
    public static string Words(Signs signs)
    {
        string[] words =
        [
            .. new[]
            {
                (Signs.Link, "followed a link"),
                (Signs.Part, "fetched a picture, style or script"),
                (Signs.Sale, "bought something"),
            }
                .Where(x => (signs & x.Item1) != 0)
                .Select(x => x.Item2),
        ];
        return string.Join(" or ", words);
    }

    private static bool Reads(string when, string counter)
    {
        string name = "counter." + counter;
        for (int at = 0; (at = when.IndexOf(name, at, StringComparison.Ordinal)) >= 0; at += name.Length)
            if (
                at + name.Length == when.Length
                || !(char.IsAsciiLetterOrDigit(when[at + name.Length]) || when[at + name.Length] == '_')
            )
                return true;
        return false;
    }
}
