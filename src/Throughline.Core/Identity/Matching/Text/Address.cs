namespace Throughline.Core.Identity.Matching.Text;

/// <summary>
/// An address taken apart: the numbers and words of the street without its kind, direction and unit; postcode, city and region. A
/// whole address on one line leaves its town among the words; a later number of five or six digits is taken for the postcode.
/// </summary>
internal sealed class Address
{
    public required string[] Numbers { get; init; }
    public required string[] Words { get; init; }
    public required string Joined { get; init; }
    public required string Postcode { get; init; }
    public required string City { get; init; }
    public required string Region { get; init; }

    public bool HasStreet => Words.Length > 0 || Numbers.Length > 0;

    /// <summary>What addresses are counted by: the first number and the first word.</summary>
    public string Key => Numbers.Length > 0 && Words.Length > 0 ? $"{Numbers[0]} {Words[0]}" : "";

    /// <summary>Null if every part is empty.</summary>
    public static Address? From(
        string number,
        string street,
        string postcode,
        string city,
        string region,
        string country
    )
    {
        string code = PlainText.Compact(postcode);
        List<string> cityWords = PlainText.Words(PlainText.Fold(city));
        HashSet<string> elsewhere = [code, .. cityWords, .. PlainText.Words(PlainText.Fold(region))];
        elsewhere.UnionWith(PlainText.Words(PlainText.Fold(country)));

        List<string> numbers = [];
        List<string> words = [];
        List<string> kinds = [];
        foreach (string word in StreetTokens(number + " " + street))
        {
            if (word.Any(char.IsAsciiDigit))
                numbers.Add(StreetWords.TryOrdinal(word, out string ordinal) ? ordinal : word);
            else if (StreetWords.TryOrdinal(word, out string spelled))
                numbers.Add(spelled);
            else if (StreetWords.IsKind(word) || StreetWords.IsDirection(word))
                kinds.Add(word);
            else if (!elsewhere.Contains(word))
                words.Add(StreetWords.WithoutTail(word));
        }
        if (words.Count == 0 && numbers.Count < 2)
            words.AddRange(kinds.Where(x => x.Length > 2 && !StreetWords.IsDirection(x)));
        if (numbers.Remove(code) && code.Length == 0)
            code = "";
        int last = numbers.FindLastIndex(x => x.Length is 5 or 6 or 9 && x.All(char.IsAsciiDigit));
        if (code.Length == 0 && last > 0)
        {
            code = numbers[last];
            numbers.RemoveAt(last);
        }
        Address address = new()
        {
            Numbers = [.. numbers],
            Words = [.. words],
            Joined = string.Concat(words),
            Postcode = code.Length == 9 && code.All(char.IsAsciiDigit) ? code[..5] : code,
            City = string.Concat(cityWords),
            Region = PlainText.Compact(region),
        };
        bool empty = !address.HasStreet && code.Length == 0 && address.City.Length == 0 && address.Region.Length == 0;
        return empty ? null : address;
    }

    // The words of a street without units: "Suite 900" goes, of "No 321" the number stays.
    private static IEnumerable<string> StreetTokens(string street)
    {
        List<string> words = PlainText.Words(PlainText.Fold(street));
        for (int i = 0; i < words.Count; i++)
        {
            if (!StreetWords.IsUnit(words[i]))
                yield return words[i];
            else if (
                words[i] is not ("no" or "nr" or "number")
                && i + 1 < words.Count
                && words[i + 1].Any(char.IsAsciiDigit)
            )
                i++;
        }
    }
}
