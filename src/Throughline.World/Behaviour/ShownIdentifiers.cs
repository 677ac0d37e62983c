namespace Throughline.World.Behaviour;

/// <summary>The identifiers that an observed event carries, as numbers (see <see cref="IdentifierText"/>).</summary>
internal static class ShownIdentifiers
{
    public const int Max = 10;

    public static int Of(in Draft draft, Span<ulong> packed)
    {
        Shown shown = draft.Shown;
        int count = 0;
        if ((shown & Shown.User) != 0)
            packed[count++] = IdentifierText.Pack(IdentifierText.Kind.User, draft.User, draft.UserAccount);
        if ((shown & Shown.JunkUser) != 0)
            packed[count++] = IdentifierText.Pack(IdentifierText.Kind.Junk, draft.Id % 4 == 0 ? 4 : 1, 0);
        if ((shown & Shown.Email) != 0)
            packed[count++] = IdentifierText.Pack(IdentifierText.Kind.Email, draft.EmailOwner, draft.EmailNumber);
        if ((shown & Shown.JunkEmail) != 0)
            packed[count++] = IdentifierText.Pack(IdentifierText.Kind.Junk, 0, 0);
        if ((shown & Shown.BotEmail) != 0)
            packed[count++] = IdentifierText.Pack(IdentifierText.Kind.BotEmail, draft.Session, draft.Actor);
        if ((shown & Shown.Phone) != 0)
            packed[count++] = IdentifierText.Pack(IdentifierText.Kind.Phone, draft.Phone, 0);
        if ((shown & Shown.Card) != 0)
            packed[count++] = IdentifierText.Pack(IdentifierText.Kind.Card, draft.CardHolder, 0);
        if ((shown & Shown.JunkPhone) != 0)
            packed[count++] = IdentifierText.Pack(IdentifierText.Kind.Junk, 2, 0);
        if ((shown & Shown.Device) != 0)
            packed[count++] = IdentifierText.Pack(IdentifierText.Kind.Device, draft.Surface, 0);
        if ((shown & Shown.JunkDevice) != 0)
            packed[count++] = IdentifierText.Pack(IdentifierText.Kind.Junk, 3, 0);
        if ((shown & Shown.Cookie) != 0)
            packed[count++] = IdentifierText.Pack(IdentifierText.Kind.Cookie, draft.Surface, draft.CookieEpoch);
        if ((shown & Shown.BotCookie) != 0)
            packed[count++] = IdentifierText.Pack(IdentifierText.Kind.BotCookie, draft.Session, draft.Actor);
        if ((shown & Shown.Storage) != 0)
            packed[count++] = IdentifierText.Pack(IdentifierText.Kind.Storage, draft.Surface, draft.StorageEpoch);
        return count;
    }
}
