using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Throughline.Cel.Compile;
using Throughline.Cel.Values;
using Throughline.Core.Events.Expressions;

namespace Throughline.Core.Events.Identifiers;

/// <summary>
/// Identifiers that are not sent but follow from the event, by a tenant's expressions: a coarse fingerprint, an account number inside a path.
/// Made at the door alone: the record holds their tokens, so that no replay needs the expression.
/// </summary>
internal sealed class Derivation(string type, CompiledRule<EventInput> expression)
{
    /// <summary>Types with an expression at most: each is evaluated for every event.</summary>
    public const int Max = 8;

    public string Type { get; } = type;

    /// <summary>
    /// The value for an event, or null: the expression failed or was too costly, gave no text, or nothing but white space. One that is longer
    /// than an identifier may be stands for itself by its SHA-256.
    /// </summary>
    public string? ValueFor(EventInput input, EvaluationScratch scratch)
    {
        Value value = expression.EvaluateValue(input, scratch);
        if (!value.TryGet(out string? text) || string.IsNullOrWhiteSpace(text))
            return null;
        return text.Length <= EventLimits.IdentifierValue
            ? text
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Adds what follows from an event, as far as it has room.</summary>
    public static void AddAll(IReadOnlyList<Derivation> derivations, RawEvent target, IdentifierRules rules)
    {
        EventInput input = EventInput.At(target);
        foreach (Derivation derivation in derivations)
        {
            if (target.IdentifierCount == EventLimits.Identifiers)
                return;
            if (derivation.ValueFor(input, target.Scratch) is { } value)
                derivation.Add(value, target, rules);
        }
    }

    private void Add(string value, RawEvent target, IdentifierRules rules)
    {
        // Half a surrogate pair becomes a replacement character: nothing that is no UTF-8 may reach the record.
        ByteSlice raw = target.Arena.Append(Encoding.UTF8.GetBytes(value));
        Span<byte> form = target.Arena.GetSpan(IdentifierNormaliser.MaxSize(raw.Length));
        if (IdentifierNormaliser.Normalise(Type, target.Arena[raw], rules, form, out int written) is not null)
            return;
        int start = target.Arena.Length;
        target.Arena.Advance(written);
        ByteSlice normalised = target.Arena.Since(start);
        if (!rules.Types.IsBlocked(Type, target.Arena[normalised]))
            target.AddDerived(Type, normalised);
    }
}
