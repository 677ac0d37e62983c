using Throughline.Core.Events;
using Throughline.Core.Identity;
using Throughline.Core.Identity.Types;

namespace Throughline.Core.Tenant;

/// <summary>
/// What had been said about identity before an instant: whatever arrived when, only the event times of statements decide. Erasures are of all times.
/// </summary>
internal sealed partial class IdentityBook
{
    private readonly Dictionary<Token, List<(string Kind, Token Other)>> partners = [];
    private readonly Dictionary<Token, long> lastSaid = [];

    /// <summary>
    /// Sightings are kept one by one, each with its event, since another strategy may take other events for evidence, and past ones are asked for:
    /// the tenant closes its conversions, and a strategy has or had conditions.
    /// </summary>
    public bool KeepsApart { get; private set; }

    /// <summary>In force before an instant, milliseconds since 1970.</summary>
    public Strategy StrategyAt(long before) => strategies.TryGet(before, out var held) ? held.Value : Strategy.Default;

    /// <inheritdoc cref="StrategyAt"/>
    public IdentifierTypes TypesAt(long before) =>
        types.TryGet(before, out var held) ? held.Value : IdentifierTypes.Default;

    /// <summary>The value was blocked before an instant.</summary>
    public bool IsBlockedAt(Token token, long before) =>
        blocks.TryGetValue(token, out Said<bool>? said) && said.TryGet(before, out var held) && held.Value;

    /// <summary>Whom operators had linked to an identifier, or separated from it, before an instant.</summary>
    public IEnumerable<(Token Other, bool IsLinked)> PairsAt(Token token, long before)
    {
        foreach ((string kind, Token other) in partners.GetValueOrDefault(token, []))
        {
            bool isLink = kind == ControlDocument.LinkKind;
            var key = token.CompareTo(other) < 0 ? (kind, token, other) : (kind, other, token);
            bool holds = pairs[key].TryGet(before, out var held) && held.Value;
            if (holds && !(isLink && IsVoid(token, other, held.Time)))
                yield return (other, isLink);
        }
    }

    /// <summary>All whom operators ever linked or separated.</summary>
    public IReadOnlyCollection<Token> Paired => partners.Keys;

    /// <summary>The latest event time of what blocks the value, or links or separates it; the least number if nothing was said.</summary>
    public long LastSaidOf(Token token) => lastSaid.GetValueOrDefault(token, long.MinValue);

    /// <summary>The latest event time of what blocks any value, or unblocks it; the least number if nothing was said.</summary>
    public long LastBlock { get; private set; } = long.MinValue;

    private void NoteSaid(Token of, long time) => lastSaid[of] = Math.Max(LastSaidOf(of), time);

    private void NotePartners(string kind, Token a, Token b)
    {
        Note(a, b);
        Note(b, a);
        void Note(Token of, Token other)
        {
            if (!partners.TryGetValue(of, out List<(string, Token)>? known))
                partners.Add(of, known = []);
            known.Add((kind, other));
        }
    }
}
