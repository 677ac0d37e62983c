using Throughline.Cel.Library;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Tests.Gate.Lists;

/// <summary>An address list as a plain list of entries, each asked in turn.</summary>
internal sealed class NaiveAddressList
{
    private readonly Dictionary<
        (UInt128 Bits, int Length, bool IsV6, string Source),
        (long ExpiresAt, string? Reason)
    > entries = [];

    public int Count => entries.Count;

    public void Put(IpAddress address, int length, string source, long? expiresAt, string? reason) =>
        entries[Key(address, length, source)] = (expiresAt ?? long.MaxValue, reason);

    public bool Remove(IpAddress address, int length, string? source)
    {
        var key = Key(address, length, "");
        var found = entries
            .Keys.Where(k => (k with { Source = "" }) == key && (source is null || k.Source == source))
            .ToList();
        found.ForEach(k => entries.Remove(k));
        return found.Count > 0;
    }

    public void RemoveSource(string source) =>
        entries.Keys.Where(k => k.Source == source).ToList().ForEach(k => entries.Remove(k));

    public int Sweep(long now)
    {
        var dead = entries.Where(e => e.Value.ExpiresAt <= now).Select(e => e.Key).ToList();
        dead.ForEach(k => entries.Remove(k));
        return dead.Count;
    }

    /// <summary>The longest unexpired prefix, of the first source.</summary>
    public ListEntryDocument? Why(IpAddress address, long now)
    {
        var found = entries
            .Where(e => e.Value.ExpiresAt > now && e.Key.IsV6 == address.IsV6)
            .Where(e => Masked(address.Bits, address.Length, e.Key.Length) == e.Key.Bits)
            .OrderByDescending(e => e.Key.Length)
            .ThenBy(e => e.Key.Source, StringComparer.Ordinal)
            .ToList();
        return found.Count == 0 ? null : Document(found[0]);
    }

    public List<ListEntryDocument> Export(long now) =>
        [
            .. entries
                .Where(e => e.Value.ExpiresAt > now)
                .OrderBy(e => e.Key.IsV6)
                .ThenBy(e => e.Key.Bits)
                .ThenBy(e => e.Key.Length)
                .ThenBy(e => e.Key.Source, StringComparer.Ordinal)
                .Select(Document),
        ];

    private static ListEntryDocument Document(
        KeyValuePair<(UInt128 Bits, int Length, bool IsV6, string Source), (long ExpiresAt, string? Reason)> entry
    )
    {
        IpAddress address = IpAddress.Of(entry.Key.Bits, entry.Key.IsV6);
        string text = entry.Key.Length == address.Length ? address.Text : $"{address.Text}/{entry.Key.Length}";
        long? expiresAt = entry.Value.ExpiresAt == long.MaxValue ? null : entry.Value.ExpiresAt;
        return new(text, expiresAt, entry.Key.Source.Length == 0 ? null : entry.Key.Source, entry.Value.Reason);
    }

    private static (UInt128 Bits, int Length, bool IsV6, string Source) Key(
        IpAddress address,
        int length,
        string source
    ) => (Masked(address.Bits, address.Length, length), length, address.IsV6, source);

    private static UInt128 Masked(UInt128 bits, int all, int length) =>
        length == 0 ? 0 : bits >> (all - length) << (all - length);
}
