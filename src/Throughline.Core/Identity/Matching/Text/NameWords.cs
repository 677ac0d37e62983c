namespace Throughline.Core.Identity.Matching.Text;

/// <summary>Words around names that are no names: titles, suffixes, particles, legal forms. Folded; own lists, not complete.</summary>
internal static class NameWords
{
    private static readonly HashSet<string> Titles = Set(
        "mr mrs ms miss mx dr prof sir dame lady rev reverend fr hon capt maj col sgt herr frau hr fr dipl ing sr sra srta don dona "
            + "mme mlle monsieur madame sig sra phd md mba esq dds rn"
    );

    private static readonly Dictionary<string, string> Suffixes = new(StringComparer.Ordinal)
    {
        ["jr"] = "2",
        ["junior"] = "2",
        ["jnr"] = "2",
        ["ii"] = "2",
        ["2nd"] = "2",
        ["sr"] = "1",
        ["snr"] = "1",
        ["senior"] = "1",
        ["i"] = "1",
        ["iii"] = "3",
        ["3rd"] = "3",
        ["iv"] = "4",
        ["4th"] = "4",
    };

    private static readonly HashSet<string> Particles = Set(
        "de del della der den di da das do dos du la le van von vom zu zum zur ten ter bin ben ibn al el abu st san santa mac mc o y e"
    );

    // Words that make a full name one of an organisation.
    private static readonly HashSet<string> Bodies = Set(
        "inc incorporated ltd limited llc llp plc corp corporation co company gmbh ag kg ohg sa sarl sas spa srl bv nv oy ab as aps pty "
            + "pte ltda cia kk sdn bhd holdings holding group bank university college school hospital clinic institute foundation trust "
            + "association society council ministry department restaurant cafe bistro grill hotel store stores shop market services "
            + "solutions systems technologies industries enterprises international exports export imports import trading logistics "
            + "partners associates consulting agency bureau church museum theatre theater pharmacy motors airlines insurance"
    );

    // Words that tell organisations apart hardly at all, and are left out when anything else remains.
    private static readonly HashSet<string> LegalForms = Set(
        "inc incorporated ltd limited llc llp plc corp corporation co company gmbh ag kg ohg sa sarl sas spa srl bv nv oy ab as aps pty "
            + "pte ltda cia kk sdn bhd the and of und et y de la le les el der die das"
    );

    public static bool IsTitle(string word) => Titles.Contains(word);

    public static bool IsParticle(string word) => Particles.Contains(word);

    public static bool IsBody(string word) => Bodies.Contains(word);

    public static bool IsLegalForm(string word) => LegalForms.Contains(word);

    /// <summary>The generation that a suffix names: 1 for senior, 2 for junior and II.</summary>
    public static bool TrySuffix(string word, out string generation)
    {
        bool known = Suffixes.TryGetValue(word, out string? found);
        generation = found ?? "";
        return known;
    }

    private static HashSet<string> Set(string words) =>
        words.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
}
