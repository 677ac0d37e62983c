using System.Runtime.InteropServices;
using Throughline.Core.State;

namespace Throughline.Core.Identity;

/// <summary>The counts of an identifier that has, or had, more links than its own row can say: 12 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct SharingCountRow
{
    public int Identifier;
    public int Persons;
    public int Degree;

    public static ulong HashOf(int identifier) => Mix.Two((ulong)identifier, 2);
}

/// <summary>
/// How many candidate links an identifier has, and how many of them to identifiers of the class person. Few have more than 21: there are
/// 253 pairs of such counts, so that a byte of the identifier's row says which; its last value sends to a row of its own here, for good.
/// </summary>
internal sealed class SharingCounts
{
    public readonly PagedArray<SharingCountRow> Rows = new("identity.counts");

    private const int SmallMax = 21;
    private const byte Elsewhere = byte.MaxValue;

    private static readonly byte[] DegreeOf = [.. Enumerable.Range(0, byte.MaxValue).Select(DegreeOfCode)];

    private readonly PagedArray<IdentifierRow> identifiers;
    private readonly RowIndex<Keys> index;

    public SharingCounts(PagedArray<IdentifierRow> identifiers)
    {
        this.identifiers = identifiers;
        index = new(new(Rows));
    }

    public IRowIndex Index => index;

    public (int Persons, int Degree) Of(int identifier)
    {
        byte code = identifiers[identifier].Counts;
        if (code == Elsewhere)
        {
            ref readonly SharingCountRow row = ref Rows[Find(identifier)];
            return (row.Persons, row.Degree);
        }
        int degree = DegreeOf[code];
        return (code - First(degree), degree);
    }

    /// <summary>Adds to the counts of an identifier whose row is at hand; gives what they are then.</summary>
    public (int Persons, int Degree) Step(int identifier, ref IdentifierRow own, int persons, int degree)
    {
        byte code = own.Counts;
        if (code == Elsewhere)
        {
            ref SharingCountRow row = ref Rows.Mutable(Find(identifier));
            return (row.Persons += persons, row.Degree += degree);
        }
        int before = DegreeOf[code];
        (int Persons, int Degree) after = (code - First(before) + persons, before + degree);
        Set(identifier, ref own, after.Persons, after.Degree);
        return after;
    }

    public void Set(int identifier, int persons, int degree) =>
        Set(identifier, ref identifiers.Mutable(identifier), persons, degree);

    private void Set(int identifier, ref IdentifierRow own, int persons, int degree)
    {
        if (own.Counts == Elsewhere)
        {
            ref SharingCountRow row = ref Rows.Mutable(Find(identifier));
            (row.Persons, row.Degree) = (persons, degree);
            return;
        }
        if (degree <= SmallMax)
        {
            own.Counts = (byte)(First(degree) + persons);
            return;
        }
        own.Counts = Elsewhere;
        int added = Rows.Add(
            new()
            {
                Identifier = identifier,
                Persons = persons,
                Degree = degree,
            }
        );
        index.Insert(SharingCountRow.HashOf(identifier), added);
    }

    public void Reindex() => index.Fill(Rows.Count);

    // Persons are 0 to degree: so many codes has each degree.
    private static int First(int degree) => degree * (degree + 1) / 2;

    private static byte DegreeOfCode(int code)
    {
        int degree = 0;
        while (First(degree + 1) <= code)
            degree++;
        return (byte)degree;
    }

    private int Find(int identifier) => index.Find(SharingCountRow.HashOf(identifier), new Probe(Rows, identifier));

    private readonly struct Keys(PagedArray<SharingCountRow> rows) : IRowKeys
    {
        public ulong HashOf(int row) => SharingCountRow.HashOf(rows[row].Identifier);

        public void Prefetch(int row) => rows.Prefetch(row);
    }

    private readonly struct Probe(PagedArray<SharingCountRow> rows, int identifier) : IRowProbe
    {
        public bool Matches(int row) => rows[row].Identifier == identifier;
    }
}
