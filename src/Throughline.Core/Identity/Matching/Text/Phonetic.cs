using System.Text;

namespace Throughline.Core.Identity.Matching.Text;

/// <summary>
/// How a name sounds, roughly: the consonant classes of Soundex (R. C. Russell, 1918), but the first letter is a class too, so that
/// Kandace and Candace, Zara and Sarah, Geoffrey and Jeffrey sound alike. Vowels are dropped, silent pairs (gh, kn, wr) resolved.
/// </summary>
internal static class Phonetic
{
    private const int LengthMax = 6;

    /// <summary>The code of a folded word: at most six letters; empty for a word without Latin letters.</summary>
    public static string Code(string word)
    {
        StringBuilder code = new(LengthMax);
        char last = '\0';
        for (int i = 0; i < word.Length && code.Length < LengthMax; i++)
        {
            char c = word[i];
            char next = i + 1 < word.Length ? word[i + 1] : '\0';
            char sound = Sound(c, next, first: i == 0, out int used);
            i += used - 1;
            if (sound == 'A' && code.Length > 0)
            {
                last = c is 'h' or 'w' ? last : 'A'; // h and w do not part equal sounds
                continue;
            }
            if (sound == '\0' || sound == last)
                continue;
            code.Append(sound);
            last = sound;
        }
        return code.ToString();
    }

    // The class of a letter or pair: A any vowel, \0 silent or no letter.
    private static char Sound(char c, char next, bool first, out int used)
    {
        used = 2;
        switch (c, next)
        {
            case ('p', 'h'):
                return 'F';
            case ('g', 'h'):
                return first ? 'K' : '\0';
            case ('k', 'n') when first:
                return 'N';
            case ('w', 'r') when first:
                return 'R';
            case ('c', 'h'):
                return 'S';
            case ('s', 'c') or ('s', 'z') or ('c', 'z'):
                return 'S';
            case ('t', 'h'):
                return 'T';
        }
        used = 1;
        return c switch
        {
            'a' or 'e' or 'i' or 'o' or 'u' or 'y' or 'h' or 'w' => 'A',
            'b' or 'p' => 'P',
            'f' or 'v' => 'F',
            'c' when next is 'e' or 'i' or 'y' => 'S',
            'g' when next is 'e' or 'i' or 'y' => 'J',
            'c' or 'k' or 'q' or 'g' => 'K',
            'j' => 'J',
            's' or 'x' or 'z' => 'S',
            'd' or 't' => 'T',
            'l' => 'L',
            'm' => 'M',
            'n' => 'N',
            'r' => 'R',
            _ => '\0',
        };
    }
}
