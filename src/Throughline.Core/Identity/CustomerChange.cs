using Throughline.Core.Events;
using Throughline.Core.Tenant;

namespace Throughline.Core.Identity;

/// <summary>What happened to a customer. Values are stored.</summary>
public enum CustomerChangeKind : byte
{
    /// <summary>It did not exist before.</summary>
    Created = 1,

    /// <summary>It gained identifiers that were no customer of their own before.</summary>
    Joined = 2,

    /// <summary>It took in another customer.</summary>
    Merged = 3,

    /// <summary>It lost members, or was split off from another.</summary>
    Split = 4,

    /// <summary>An earlier founder was found: the same people under another id.</summary>
    Relabelled = 5,

    /// <summary>Its last member was blocked: nobody is left.</summary>
    Dissolved = 6,

    /// <summary>The same members under the same id, first seen earlier than was known.</summary>
    Redated = 7,

    /// <summary>As many members as before, but others: some left, and as many came.</summary>
    Exchanged = 8,

    /// <summary>Its last member was erased: nobody is left, and nothing tells of it.</summary>
    Erased = 9,
}

/// <summary>A founder as a result tells it.</summary>
public readonly record struct Founder(string Type, Token Token, long FirstSeen, long FirstPosition);

/// <summary>A customer as a result tells it: id, founder, members, and the sum that names the member set.</summary>
public readonly record struct CustomerSnapshot(Token Id, Founder Founder, int Size, ulong Members);

/// <summary>A change of one customer: what it is now and which customers it came from.</summary>
public sealed record CustomerChange(
    CustomerChangeKind Kind,
    CustomerSnapshot Now,
    IReadOnlyList<CustomerSnapshot> Before
)
{
    /// <summary>The kind that follows from what was and what is: a pure function, so that a stored change can be derived again.</summary>
    public static CustomerChangeKind Classify(
        in CustomerSnapshot now,
        ReadOnlySpan<CustomerSnapshot> before,
        bool splitOff
    )
    {
        if (now.Size == 0)
            return CustomerChangeKind.Dissolved;
        if (before.IsEmpty)
            return splitOff ? CustomerChangeKind.Split : CustomerChangeKind.Created;
        if (before.Length > 1)
            return CustomerChangeKind.Merged;
        if (now.Size < before[0].Size)
            return CustomerChangeKind.Split;
        if (now.Size == before[0].Size && now.Members != before[0].Members)
            return CustomerChangeKind.Exchanged;
        if (before[0].Id != now.Id)
            return CustomerChangeKind.Relabelled;
        return before[0].Members == now.Members ? CustomerChangeKind.Redated : CustomerChangeKind.Joined;
    }

    internal static void Write(
        CustomerChangeKind kind,
        in CustomerSnapshot now,
        ReadOnlySpan<CustomerSnapshot> before,
        ref ResultWriter writer
    )
    {
        writer.Byte((byte)kind);
        Write(now, ref writer);
        writer.Number(before.Length);
        foreach (ref readonly CustomerSnapshot was in before)
            Write(was, ref writer);
    }

    internal static CustomerChange Read(ResultRecord record)
    {
        PayloadReader reader = record.Payload;
        CustomerChangeKind kind = (CustomerChangeKind)reader.Byte();
        CustomerSnapshot now = ReadSnapshot(ref reader);
        CustomerSnapshot[] before = new CustomerSnapshot[reader.Number()];
        for (int i = 0; i < before.Length; i++)
            before[i] = ReadSnapshot(ref reader);
        return new(kind, now, before);
    }

    private static void Write(in CustomerSnapshot snapshot, ref ResultWriter writer)
    {
        writer.Token(snapshot.Id);
        writer.Text(snapshot.Founder.Type);
        writer.Token(snapshot.Founder.Token);
        writer.Number(snapshot.Founder.FirstSeen);
        writer.Number(snapshot.Founder.FirstPosition);
        writer.Number(snapshot.Size);
        writer.Number((long)snapshot.Members);
    }

    private static CustomerSnapshot ReadSnapshot(ref PayloadReader reader) =>
        new(
            reader.Token(),
            new(reader.Text(), reader.Token(), reader.Number(), reader.Number()),
            (int)reader.Number(),
            (ulong)reader.Number()
        );
}
