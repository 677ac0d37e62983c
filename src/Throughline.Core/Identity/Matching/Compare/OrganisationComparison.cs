using Throughline.Core.Identity.Matching.Model;
using Throughline.Core.Identity.Matching.Text;

namespace Throughline.Core.Identity.Matching.Compare;

/// <summary>
/// Compares names of organisations word by word: each word weighs as much as it is rare (W. W. Cohen et al., "A Comparison of String
/// Distance Metrics for Name-Matching Tasks", 2003, soft TF-IDF), a misspelt word a little less.
/// </summary>
internal static class OrganisationComparison
{
    private const int Close = 1;
    private const int Part = 2;
    private const int Some = 3;
    private const int Differ = 4;
    private const double SameWordFrom = 0.88;

    public static int Level(OrganisationName a, OrganisationName b, Rarities rarities)
    {
        if (string.Equals(a.Joined, b.Joined, StringComparison.Ordinal))
            return 0;
        double common = 0;
        double all = 0;
        double ofA = 0;
        double ofB = 0;
        foreach (string word in a.Words)
            ofA += rarities.WordBits(word);
        foreach (string word in b.Words)
            ofB += rarities.WordBits(word);
        all = ofA + ofB;
        foreach (string word in a.Words)
            common += Best(word, b.Words) * rarities.WordBits(word);
        foreach (string word in b.Words)
            common += Best(word, a.Words) * rarities.WordBits(word);
        double share = all > 0 ? common / all : 0;
        if (share >= 0.85 || JaroWinkler.Similarity(a.Joined, b.Joined) >= 0.93)
            return Close;
        // The words of the shorter name all stand in the longer: common / 2 is what they share, seen from either side.
        double contained = Math.Min(ofA, ofB) > 0 ? common / 2 / Math.Min(ofA, ofB) : 0;
        return contained >= 0.9 ? Part
            : share >= 0.4 ? Some
            : Differ;
    }

    private static double Best(string word, string[] others)
    {
        double best = 0;
        foreach (string other in others)
        {
            double similarity = string.Equals(word, other, StringComparison.Ordinal)
                ? 1
                : JaroWinkler.Similarity(word, other);
            best = Math.Max(best, similarity);
        }
        return best >= SameWordFrom ? best : 0;
    }
}
