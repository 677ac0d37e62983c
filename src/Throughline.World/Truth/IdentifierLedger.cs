using System.Runtime.InteropServices;
using Throughline.World.Behaviour;
using Throughline.World.Population;

namespace Throughline.World.Truth;

/// <summary>
/// Notes which identifiers appear and whose they are. An account, an e-mail or a phone is its holder's, whoever used it; a
/// device, cookie or browser is everybody's who acted on it.
/// </summary>
internal sealed class IdentifierLedger(ulong seed)
{
    private struct Entry
    {
        public int Owner;
        public long Since;
        public List<IdentifierOwner>? Others;
    }

    private const int Nobody = -1;
    private readonly Dictionary<ulong, Entry> entries = [];

    public void Happen(in Draft draft)
    {
        Span<ulong> packed = stackalloc ulong[ShownIdentifiers.Max];
        int count = ShownIdentifiers.Of(draft, packed);
        foreach (ulong identifier in packed[..count])
        {
            ref Entry entry = ref CollectionsMarshal.GetValueRefOrAddDefault(entries, identifier, out bool known);
            if (!known)
                entry.Owner = Nobody;
            int owner = draft.Kind == ActorKind.Human ? OwnerOf(draft, identifier) : Nobody;
            if (owner != Nobody && owner != entry.Owner)
                Own(ref entry, owner, draft.Time);
        }
    }

    /// <summary>All of them, by type, then value.</summary>
    public List<TrueIdentifier> ToList()
    {
        IdentifierText text = new(seed);
        List<TrueIdentifier> all = new(entries.Count);
        foreach ((ulong packed, Entry entry) in entries)
        {
            IdentifierClass of =
                IdentifierText.KindOf(packed) is IdentifierText.Kind.BotCookie or IdentifierText.Kind.BotEmail
                    ? IdentifierClass.Bot
                : entry.Owner == Nobody ? IdentifierClass.Junk
                : IdentifierClass.Person;
            List<IdentifierOwner> owners = [];
            if (entry.Owner != Nobody)
                owners.Add(new(entry.Owner, entry.Since));
            if (entry.Others is not null)
                owners.AddRange(entry.Others);
            all.Add(new(IdentifierText.TypeOf(packed), text.Text(packed), of, owners));
        }
        all.Sort(
            static (a, b) =>
                string.CompareOrdinal(a.Type, b.Type) is var order and not 0
                    ? order
                    : string.CompareOrdinal(a.Value, b.Value)
        );
        return all;
    }

    private static int OwnerOf(in Draft draft, ulong identifier) =>
        IdentifierText.KindOf(identifier) switch
        {
            IdentifierText.Kind.Junk => Nobody,
            IdentifierText.Kind.User => draft.User,
            IdentifierText.Kind.Card => draft.CardHolder,
            IdentifierText.Kind.Email => draft.EmailNumber == IdentifierText.FamilyEmail
                ? draft.Actor
                : draft.EmailOwner,
            IdentifierText.Kind.Phone => (draft.Shown & Shown.User) != 0 ? draft.User : draft.Actor,
            _ => draft.Actor,
        };

    private static void Own(ref Entry entry, int owner, long time)
    {
        if (entry.Owner == Nobody)
        {
            (entry.Owner, entry.Since) = (owner, time);
            return;
        }
        entry.Others ??= [];
        foreach (IdentifierOwner other in entry.Others)
            if (other.Person == owner)
                return;
        entry.Others.Add(new(owner, time));
    }
}
