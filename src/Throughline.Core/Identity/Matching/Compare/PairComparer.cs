using Throughline.Core.Identity.Matching.Model;
using Throughline.Core.Identity.Matching.Text;

namespace Throughline.Core.Identity.Matching.Compare;

/// <summary>
/// Compares two records, field by field. Symmetric: the order of the two does not matter. Of several values the pair of values with
/// the greatest weight under the strategy's own estimates counts.
/// </summary>
internal sealed class PairComparer(Rarities rarities, MatchStrategy strategy)
{
    private static readonly Comparison[] Traits = [Comparison.Employer, Comparison.Occupation, Comparison.BirthPlace];

    private const int FamilyMin = 3;

    public ComparedPair Compare(MatchRecord a, MatchRecord b) => Compare(a, b, out _);

    /// <summary>The same, with what an explanation needs.</summary>
    /// <param name="outcome">What each comparison added.</param>
    public ComparedPair Compare(MatchRecord a, MatchRecord b, out Outcome outcome)
    {
        outcome = new(rarities, strategy);
        Names(ref outcome, a, b);
        foreach (BirthDate left in a.BirthDates)
        foreach (BirthDate right in b.BirthDates)
            if (left.Year == 0 || (left.IsWhole && right.IsWhole) || right.Year == 0)
                outcome.Offer(Comparison.BirthDate, DateComparison.Level(left, right), left.Text);
            else
                outcome.Offer(Comparison.BirthYear, DateComparison.YearLevel(left, right));
        if (a.Gender != Gender.Unknown && b.Gender != Gender.Unknown)
            outcome.Offer(Comparison.Gender, a.Gender == b.Gender ? 0 : 1);
        foreach (string left in a.Emails)
        foreach (string right in b.Emails)
        {
            int level = ContactComparison.EmailLevel(left, right);
            if (!ContactComparison.FollowsFromName(level, left) || !(IsOfNames(left, a, b) || IsOfNames(right, a, b)))
                outcome.Offer(Comparison.Email, level, left, right);
        }
        Each(ref outcome, Comparison.Phone, a.Phones, b.Phones, ContactComparison.PhoneLevel);
        Addresses(ref outcome, a, b);
        for (int i = 0; i < MatchRecord.NumberKinds; i++)
            Each(
                ref outcome,
                (Comparison)((int)Comparison.NationalId + i),
                a.Numbers[i],
                b.Numbers[i],
                ContactComparison.NumberLevel
            );
        for (int i = 0; i < Traits.Length; i++)
            Each(ref outcome, Traits[i], a.Traits[i], b.Traits[i], ContactComparison.TraitLevel);
        return outcome.Result();
    }

    private void Names(ref Outcome outcome, MatchRecord a, MatchRecord b)
    {
        NameLevels best = NameLevels.None;
        double bestWeight = double.NegativeInfinity;
        foreach (PersonName left in a.Names)
        foreach (PersonName right in b.Names)
        {
            NameLevels levels = NameComparison.Compare(left, right);
            double weight =
                outcome.Weight(Comparison.Given, levels.Given, left.Given, right.Given)
                + outcome.Weight(Comparison.Family, levels.Family, left.FamilyJoined, right.FamilyJoined);
            if (levels.IsNone || weight < bestWeight || (weight == bestWeight && levels.Order >= best.Order))
                continue;

            (best, bestWeight) = (levels with { GivenText = left.Given, FamilyText = left.FamilyJoined }, weight);
        }
        if (!best.IsNone)
        {
            outcome.Offer(Comparison.Given, best.Given, best.GivenText);
            outcome.Offer(Comparison.Family, best.Family, best.FamilyText);
            if (best is { Given: NameComparison.Exact, Family: NameComparison.Exact })
                outcome.Bound(
                    Comparison.Given,
                    Comparison.Family,
                    rarities.WholeNameBits(best.GivenText, best.FamilyText)
                );
            outcome.Offer(Comparison.Middle, best.Middle);
            outcome.Offer(Comparison.Suffix, best.Suffix);
        }
        foreach (OrganisationName left in a.Organisations)
        foreach (OrganisationName right in b.Organisations)
            outcome.Offer(Comparison.Organization, OrganisationComparison.Level(left, right, rarities), left.Joined);
        // An organisation may stand as a person's full name in the other file.
        if (a.Organisations.Length == 0 != (b.Organisations.Length == 0))
            foreach (OrganisationName left in a.Organisations.Concat(b.Organisations))
            foreach (PersonName right in a.Organisations.Length == 0 ? a.Names : b.Names)
                if (!right.IsForeign)
                    outcome.Offer(
                        Comparison.Organization,
                        OrganisationComparison.Level(left, right.AsOrganisation(), rarities),
                        left.Joined
                    );
    }

    // Whether an e-mail address is made of a family name that both records bear.
    private static bool IsOfNames(string email, MatchRecord a, MatchRecord b)
    {
        foreach (PersonName left in a.Names)
        foreach (PersonName right in b.Names)
            if (
                left.FamilyJoined.Length >= FamilyMin
                && string.Equals(left.FamilyJoined, right.FamilyJoined, StringComparison.Ordinal)
                && Contact.LocalPart(email).Contains(left.FamilyJoined, StringComparison.Ordinal)
            )
                return true;
        return false;
    }

    private static void Addresses(ref Outcome outcome, MatchRecord a, MatchRecord b)
    {
        foreach (Address left in a.Addresses)
        foreach (Address right in b.Addresses)
            if (left.HasStreet && right.HasStreet)
                outcome.Offer(Comparison.Address, AddressComparison.Level(left, right), left.Key, right.Key);
        if (outcome.Has(Comparison.Address))
            return; // postcode and city follow from the street, and are among its levels
        foreach (Address left in a.Addresses)
        foreach (Address right in b.Addresses)
            if (left.Postcode.Length > 0 && right.Postcode.Length > 0)
                outcome.Offer(
                    Comparison.Postcode,
                    AddressComparison.PostcodeLevel(left.Postcode, right.Postcode),
                    left.Postcode
                );
            else if (left.City.Length > 0 && right.City.Length > 0)
                outcome.Offer(Comparison.City, AddressComparison.CityLevel(left.City, right.City), left.City);
            else if (left.Region.Length > 0 && right.Region.Length > 0)
                outcome.Offer(
                    Comparison.Region,
                    string.Equals(left.Region, right.Region, StringComparison.Ordinal) ? 0 : 1,
                    left.Region
                );
    }

    private static void Each(
        ref Outcome outcome,
        Comparison comparison,
        string[] a,
        string[] b,
        Func<string, string, int> level
    )
    {
        foreach (string left in a)
        foreach (string right in b)
            outcome.Offer(comparison, level(left, right), left, right);
    }
}
