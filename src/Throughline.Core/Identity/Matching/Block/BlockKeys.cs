using Throughline.Core.Identity.Matching.Text;
using Throughline.Core.State;

namespace Throughline.Core.Identity.Matching.Block;

/// <summary>The values of a record for each part of a blocking key, as hashes; equal hashes of different values only cost time.</summary>
internal static class BlockKeys
{
    private const int PhoneTail = 7;
    private const int LocalMin = 4;
    private const int StartLength = 3;
    private const int WordMin = 3;
    private const int KeysMax = 16;

    /// <summary>Hashes of the keys of a pass: every combination of the values of its parts, at most 16; none if a part has no value.</summary>
    public static List<ulong> Of(MatchRecord record, BlockPass pass)
    {
        List<ulong> keys = [0];
        foreach (BlockPart part in pass.Parts)
        {
            List<ulong> longer = [];
            foreach (ulong value in ValuesOf(record, part).Select(Hash).Distinct())
            foreach (ulong key in keys)
                if (longer.Count < KeysMax)
                    longer.Add(Mix.Two(key, value));
            keys = longer;
        }
        return keys;
    }

    public static ulong Hash(string text) =>
        Mix.Bytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(text.AsSpan()), 1);

    private static IEnumerable<string> ValuesOf(MatchRecord record, BlockPart part) =>
        part switch
        {
            BlockPart.Email => record.Emails,
            BlockPart.EmailLocal => record.Emails.Select(Contact.LocalPart).Where(x => x.Length >= LocalMin),
            BlockPart.PhoneTail => record.Phones.Select(x => x[^PhoneTail..]),
            BlockPart.Number => record.Numbers.SelectMany((x, kind) => x.Select(y => $"{kind} {y}")),
            BlockPart.BirthDate => record.BirthDates.Where(x => x.Month != 0 || x.Year == 0).Select(x => x.Text),
            // Day and month in either order: they are exchanged often.
            BlockPart.BirthMonthDay => record
                .BirthDates.Where(x => x.IsWhole)
                .Select(x => $"{Math.Min(x.Month, x.Day)} {Math.Max(x.Month, x.Day)}"),
            BlockPart.BirthYear => record.BirthDates.Where(x => x.Year != 0).Select(x => x.Text[..4]),
            BlockPart.GivenSound => Names(record, x => x.GivenSound),
            BlockPart.FamilySound => Names(record, x => x.FamilySound),
            BlockPart.NamesSound => Names(record, Sounds),
            BlockPart.GivenRoot => record.Names.SelectMany(x => Nicknames.RootsOf(x.Given)),
            // Of either name: given and family name may stand in each other's place.
            BlockPart.Initial => Names(record, x => Start(x.Given, 1))
                .Concat(Names(record, x => Start(x.FamilyJoined, 1))),
            BlockPart.GivenInitial => Names(record, x => Start(x.Given, 1)),
            BlockPart.FamilyInitial => Names(record, x => Start(x.FamilyJoined, 1)),
            BlockPart.GivenStart => Names(record, x => Start(x.Given, StartLength)),
            BlockPart.FamilyStart => Names(record, x => Start(x.FamilyJoined, StartLength)),
            BlockPart.FamilyWord => record.Names.SelectMany(x => x.Family).Where(x => x.Length >= WordMin),
            BlockPart.OrganizationWord => record
                .Organisations.SelectMany(x => x.Words)
                .Concat(record.Names.Where(x => x.Given.Length == 0 || x.Middle.Length > 0).SelectMany(x => x.Family))
                .Where(x => x.Length >= WordMin),
            BlockPart.StreetKey => record.Addresses.SelectMany(StreetKeys),
            BlockPart.HouseNumber => record.Addresses.SelectMany(x => x.Numbers.Take(1)),
            BlockPart.Postcode => record.Addresses.Select(x => x.Postcode).Where(x => x.Length > 0),
            BlockPart.City => record.Addresses.Select(x => x.City).Where(x => x.Length > 0),
            _ => [],
        };

    // Both names in either order.
    private static string Sounds(PersonName name) =>
        name.GivenSound.Length == 0 || name.FamilySound.Length == 0 ? ""
        : string.CompareOrdinal(name.GivenSound, name.FamilySound) < 0 ? $"{name.GivenSound} {name.FamilySound}"
        : $"{name.FamilySound} {name.GivenSound}";

    private static IEnumerable<string> StreetKeys(Address address)
    {
        if (address.Numbers.Length == 0 && address.Words.Length > 0)
            yield return Phonetic.Code(address.Joined);
        foreach (string number in address.Numbers.Take(2))
            if (address.Words.Length == 0)
                yield return number;
            else
                foreach (string word in address.Words.Take(2))
                    yield return number + " " + Start(word, StartLength);
    }

    private static IEnumerable<string> Names(MatchRecord record, Func<PersonName, string> of) =>
        record.Names.Select(of).Where(x => x.Length > 0);

    private static string Start(string text, int length) => text.Length <= length ? text : text[..length];
}
