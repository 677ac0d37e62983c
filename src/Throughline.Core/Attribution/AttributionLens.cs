using System.Security.Cryptography;
using Throughline.Core.Attribution.Rates;
using Throughline.Core.Attribution.Rules;
using Throughline.Core.Attribution.Timeline;
using Throughline.Core.Events;
using Throughline.Core.Gate;
using Throughline.Core.Identity;
using Throughline.Core.State;
using Throughline.Core.Tenant;

namespace Throughline.Core.Attribution;

/// <summary>
/// Hangs touches, conversions and refunds under their owners, and keeps the queue of conversions whose credit may have
/// changed. Reads verdicts and customers; nothing reads it. As long as no rule makes conversions depend on one another, a
/// change reaches exactly the conversions that have the changed touch within the longest window; else all of the customer's from the
/// changed instant on.
/// </summary>
internal sealed partial class AttributionLens
{
    public readonly PagedArray<TouchRow> Touches = new("attribution.touches");
    public readonly PagedArray<ConversionRow> Conversions = new("attribution.conversions");
    public readonly PagedArray<RefundRow> Refunds = new("attribution.refunds");

    private readonly VerdictLens verdicts;
    private readonly IdentityGraph graph;
    private readonly Names names;
    private readonly RuleBook rules;
    private readonly IHistory history;
    private readonly Finality finality;
    private readonly RowIndex<ConversionKeys> conversionIndex;
    private readonly RowIndex<OrderKeys> orderIndex;
    private readonly RowIndex<RefundKeys> refundIndex;

    public AttributionLens(
        VerdictLens verdicts,
        IdentityGraph graph,
        Names names,
        RuleBook rules,
        IHistory history,
        Finality finality
    )
    {
        this.verdicts = verdicts;
        this.graph = graph;
        this.names = names;
        this.rules = rules;
        this.history = history;
        this.finality = finality;
        conversionIndex = new(new(Conversions));
        orderIndex = new(new(Conversions));
        refundIndex = new(new(Refunds));
        endIndex = new(new(Ends));
        graph.Groups.LatestConversionOf = LatestConversionOf;
        graph.Groups.Uniting = Uniting;
        graph.Groups.Divided = Divided;
        graph.LinkChanged = LinkChanged;
    }

    public IEnumerable<IStateArray> Arrays => [Touches, Conversions, Refunds, Ends];
    public IEnumerable<IRowIndex> Indexes => [conversionIndex, orderIndex, refundIndex, endIndex];
    public long IndexBytes => Indexes.Sum(index => index.Bytes);

    /// <summary>First and last of the queue, row + 1; 0 when it is empty. Part of the state's header.</summary>
    public int QueueHead { get; set; }
    public int QueueTail { get; set; }

    public void AddTouch(in EventRecord record, long position, int owner, int bucket)
    {
        int row = Touches.Add(
            new(
                record.Time,
                names.Campaign(record),
                position,
                MachineOpens.Says(record),
                names.TouchKind(record),
                record.Id
            )
            {
                Owner = owner,
                Bucket = bucket,
                NextOfBucket = verdicts.Actors[bucket].Touches,
            }
        );
        verdicts.Actors.Mutable(bucket).Touches = row + 1;
        if (owner < 0)
            return;
        HangTouch(row, owner);
        QueueAfter(owner, record.Time);
    }

    /// <summary>Brings what a touch of this owner reads into the cache.</summary>
    public void Prefetch(int owner) => Touches.Prefetch(graph.Identifiers[owner].Touches - 1);

    /// <summary>Takes a conversion in; it is the next to be evaluated.</summary>
    public void AddConversion(in EventRecord record, long position, int owner, int bucket)
    {
        ConversionRow conversion = new()
        {
            Id = record.Id,
            Order = OrderOf(record),
            Time = record.Time,
            Position = position,
            Minor = record.Number(EventField.Minor) ?? 0,
            Currency = CurrencyOf(record),
            Kind = names.ConversionKind(record),
            Owner = -1,
            Bucket = bucket,
            NextOfBucket = verdicts.Actors[bucket].Conversions,
        };
        int row = Conversions.Add(conversion);
        verdicts.Actors.Mutable(bucket).Conversions = row + 1;
        conversionIndex.Insert(conversion.Id.Low, row);
        NoteEnd(row);
        if (owner >= 0)
            HangConversion(row, owner);
        if (conversion.Order != default)
            JoinOrder(row, conversion.Order);
        QueueFirst(row);
        if (rules.IsWhole && owner >= 0)
            QueueAfter(owner, record.Time);
    }

    public void AddRefund(in EventRecord record, long position)
    {
        Token target = record.TryGet(EventField.Conversion, out ReadOnlySpan<byte> id)
            ? Token.Read(id)
            : OrderOf(record);
        int head = refundIndex.Find(target.Low, new RefundProbe(Refunds, target));
        int row = Refunds.Add(
            new()
            {
                Target = target,
                Id = record.Id,
                Time = record.Time,
                Position = position,
                Minor = record.Number(EventField.Minor) ?? 0,
                Currency = CurrencyOf(record),
                Next = head < 0 ? 0 : Refunds[head].Next,
            }
        );
        if (head < 0)
            refundIndex.Insert(target.Low, row);
        else
            Refunds.Mutable(head).Next = row + 1;
        int conversion = FindConversion(target);
        if (conversion < 0)
            conversion = FindOrder(target);
        if (conversion >= 0)
            QueueFinal(Canonical(conversion));
    }

    /// <summary>A bucket's verdict changed: its touches and conversions count now, or no longer.</summary>
    public void BucketChanged(int bucket)
    {
        for (int next = verdicts.Actors[bucket].Touches; next != 0; next = Touches[next - 1].NextOfBucket)
            QueueAfter(Touches[next - 1].Owner, Touches[next - 1].Time);
        for (int next = verdicts.Actors[bucket].Conversions; next != 0; next = Conversions[next - 1].NextOfBucket)
            QueueFrom(next - 1);
    }

    /// <summary>
    /// A rule was published: every conversion in its validity, newest first; if conversions depend on earlier ones, those after it, too.
    /// </summary>
    public void RuleChanged(PublishedRule rule)
    {
        bool isWhole = rules.IsWhole;
        for (int row = Conversions.Count - 1; row >= 0; row--)
            if (isWhole ? Conversions[row].Time >= rule.From : rule.Holds(Conversions[row].Time))
                Queue(row);
    }

    /// <summary>Rates were published: every conversion that a rule's currency may have another rate for.</summary>
    public void RatesChanged(RateChange change)
    {
        Currency[] targets = [.. rules.Compiled.Currencies];
        for (int row = Conversions.Count - 1; targets.Length > 0 && row >= 0; row--)
        {
            Currency own = RuleWorth.CurrencyOf(Conversions[row].Currency);
            foreach (Currency target in targets)
                if (!own.IsNone && own != target && change.Affects(Conversions[row].Time, own, target))
                {
                    QueueFrom(row);
                    break;
                }
        }
    }

    /// <summary>What matches are worth has changed throughout.</summary>
    public void MatchesChanged()
    {
        if (rules.Compiled.HasTiers)
            for (int row = Conversions.Count - 1; row >= 0; row--)
                Queue(row);
    }

    /// <summary>
    /// An identifier may own events now, or no longer (it was blocked, became shared): its events, or those that prefer it now, find their owner again. Events are read
    /// by position; any that holds this identifier besides its owner left a link between the two.
    /// </summary>
    public void OwnerChanged(int row) => OwnerChanged(row, graph.Identifiers[row].CanOwn);

    private void OwnerChanged(int row, bool ofOthers)
    {
        Rehang(row);
        if (!ofOthers)
            return;
        for (int next = graph.Identifiers[row].Links; next != 0; next = graph.Links[next - 1].NextOf(row))
            Rehang(graph.Links[next - 1].Other(row));
    }

    public int FindConversion(Token id) => conversionIndex.Find(id.Low, new ConversionProbe(Conversions, id));

    /// <summary>The first row of an order's chain, or -1.</summary>
    public int FindOrder(Token order) => orderIndex.Find(order.Low, new OrderProbe(Conversions, order));

    /// <summary>The conversion of the same order that counts, the least (time, id): an order's chain begins with it, or has it second.</summary>
    public int Canonical(int row)
    {
        if (Conversions[row].Order == default)
            return row;
        int first = FindOrder(Conversions[row].Order);
        int second = Conversions[first].NextOfOrder - 1;
        return second < 0 || Precedes(first, second) ? first : second;
    }

    /// <summary>The head of the chain of refunds of a target, row + 1.</summary>
    public int RefundsOf(Token target) =>
        target == default ? 0 : refundIndex.Find(target.Low, new RefundProbe(Refunds, target)) + 1;

    /// <summary>Takes the next conversion from the queue, or -1.</summary>
    public int Dequeue()
    {
        if (QueueHead == 0)
            return -1;
        int row = QueueHead - 1;
        ref ConversionRow conversion = ref Conversions.Mutable(row);
        QueueHead = conversion.NextQueued == row + 1 ? 0 : conversion.NextQueued;
        if (QueueHead == 0)
            QueueTail = 0;
        conversion.NextQueued = 0;
        return row;
    }

    public void Reindex()
    {
        for (int row = 0; row < Conversions.Count; row++)
        {
            conversionIndex.Insert(Conversions[row].Id.Low, row);
            Token order = Conversions[row].Order;
            if (order != default && FindOrder(order) < 0)
                orderIndex.Insert(order.Low, row);
        }
        for (int row = 0; row < Refunds.Count; row++)
            if (RefundsOf(Refunds[row].Target) == 0)
                refundIndex.Insert(Refunds[row].Target.Low, row);
        ReindexEnds();
    }

    /// <summary>The strategy prefers other types for owners now: every event finds its owner again.</summary>
    public void OwnersChanged()
    {
        RehangNobodys();
        for (int row = 0; row < graph.Identifiers.Count; row++)
            Rehang(row);
    }

    /// <summary>Identifiers were erased: the events that were theirs are nobody's, or another's where the identifiers alone were erased.</summary>
    /// <param name="isAgain">Of each: it was erased before, alone perhaps; then others may own by now what it takes with it.</param>
    public void Erased(IReadOnlyList<int> rows, IReadOnlyList<bool> isAgain)
    {
        for (int i = 0; i < rows.Count; i++)
            OwnerChanged(rows[i], isAgain[i] || !graph.Identifiers[rows[i]].CanOwn);
    }

    // ---- chains -------------------------------------------------------------------------------------------------------

    // An owner's touches hang newest first; most arrive in order, at the head.
    private void HangTouch(int row, int owner)
    {
        long time = Touches[row].Time;
        int next = graph.Identifiers[owner].Touches;
        int before = 0;
        while (next != 0 && Touches[next - 1].Time > time)
        {
            before = next;
            next = Touches[next - 1].NextOfOwner;
        }
        ref TouchRow touch = ref Touches.Mutable(row);
        touch.Owner = owner;
        touch.NextOfOwner = next;
        if (before == 0)
            graph.Identifiers.Mutable(owner).Touches = row + 1;
        else
            Touches.Mutable(before - 1).NextOfOwner = row + 1;
    }

    private void HangConversion(int row, int owner)
    {
        long time = Conversions[row].Time;
        int next = graph.Identifiers[owner].Conversions;
        int before = 0;
        while (next != 0 && Conversions[next - 1].Time > time)
        {
            before = next;
            next = Conversions[next - 1].NextOfOwner;
        }
        ref ConversionRow conversion = ref Conversions.Mutable(row);
        conversion.Owner = owner;
        conversion.NextOfOwner = next;
        if (before == 0)
            graph.Identifiers.Mutable(owner).Conversions = row + 1;
        else
            Conversions.Mutable(before - 1).NextOfOwner = row + 1;
        graph.Groups.Converted(owner, time);
    }

    private void Rehang(int owner)
    {
        int next = graph.Identifiers[owner].Touches;
        graph.Identifiers.Mutable(owner).Touches = 0;
        for (Stack<int> rows = Collect(next, row => Touches[row].NextOfOwner); rows.TryPop(out int row); )
        {
            RehangTouch(row, OwnerOfEvent(Touches[row].Position, owner));
            QueueAfter(owner, Touches[row].Time);
        }
        next = graph.Identifiers[owner].Conversions;
        graph.Identifiers.Mutable(owner).Conversions = 0;
        for (Stack<int> rows = Collect(next, row => Conversions[row].NextOfOwner); rows.TryPop(out int row); )
        {
            int now = OwnerOfEvent(Conversions[row].Position, owner);
            RehangConversion(row, now);
            if (now != owner && rules.IsWhole)
                QueueAfter(owner, Conversions[row].Time);
        }
    }

    // Events of erased identifiers may be somebody's again when the strategy prefers others.
    private void RehangNobodys()
    {
        if (!graph.HasErasures)
            return;
        for (int row = 0; row < Touches.Count; row++)
            if (Touches[row].Owner < 0)
                RehangTouch(row, OwnerOfEvent(Touches[row].Position, -1));
        for (int row = 0; row < Conversions.Count; row++)
            if (Conversions[row].Owner < 0)
                RehangConversion(row, OwnerOfEvent(Conversions[row].Position, -1));
    }

    private void RehangTouch(int row, int owner)
    {
        if (owner >= 0)
            HangTouch(row, owner);
        else
            (Touches.Mutable(row).Owner, Touches.Mutable(row).NextOfOwner) = (-1, 0);
        QueueAfter(owner, Touches[row].Time);
    }

    private void RehangConversion(int row, int owner)
    {
        if (owner >= 0)
            HangConversion(row, owner);
        else
            (Conversions.Mutable(row).Owner, Conversions.Mutable(row).NextOfOwner) = (-1, 0);
        QueueFrom(row);
    }

    // Popping gives oldest first, which hangs each at the head.
    private static Stack<int> Collect(int head, Func<int, int> next)
    {
        Stack<int> rows = new();
        for (; head != 0; head = next(head - 1))
            rows.Push(head - 1);
        return rows;
    }

    private int OwnerOfEvent(long position, int fallback)
    {
        EventRecord record = EventRecord.FromTrusted(history.Read(position));
        Span<int> rows = stackalloc int[EventRecord.MaxIdentifiers];
        int count = 0;
        for (int i = 0; i < record.IdentifierCount; i++)
        {
            int row = graph.Find(record.Identifier(i).Token);
            if (row >= 0)
                rows[count++] = row;
        }
        return count == 0 ? fallback : graph.OwnerOf(rows[..count], VerdictPolicy.BucketOf(record.Time));
    }

    private long LatestConversionOf(int row)
    {
        int head = graph.Identifiers[row].Conversions;
        return head == 0 ? 0 : Conversions[head - 1].Time;
    }

    private void JoinOrder(int row, Token order)
    {
        int head = FindOrder(order);
        if (head < 0)
        {
            orderIndex.Insert(order.Low, row);
            return;
        }
        int after = Canonical(head);
        if (Precedes(row, after))
        {
            for (int next = head + 1; next != 0; next = Conversions[next - 1].NextOfOrder)
                QueueFrom(next - 1); // each is a duplicate of this one now
            after = head;
        }
        else if (RefundsOf(Conversions[row].Id) != 0)
            QueueFinal(after); // they are its refunds now
        Conversions.Mutable(row).NextOfOrder = Conversions[after].NextOfOrder;
        Conversions.Mutable(after).NextOfOrder = row + 1;
    }

    /// <summary>By (time, id).</summary>
    public bool Precedes(int x, int y)
    {
        ref readonly ConversionRow a = ref Conversions[x];
        ref readonly ConversionRow b = ref Conversions[y];
        return (a.Time, a.Id).CompareTo((b.Time, b.Id)) < 0;
    }

    private static int CurrencyOf(in EventRecord record) =>
        record.TryGet(EventField.Currency, out ReadOnlySpan<byte> code) ? code[0] | code[1] << 8 | code[2] << 16 : 0;

    private static Token OrderOf(in EventRecord record)
    {
        if (!record.TryGet(EventField.OrderId, out ReadOnlySpan<byte> order))
            return default;
        ReadOnlySpan<byte> kind = Names.KindOf(record);
        int length = kind.Length + 1 + order.Length;
        Span<byte> input = length <= 1024 ? stackalloc byte[1024] : new byte[length];
        kind.CopyTo(input);
        input[kind.Length] = 0;
        order.CopyTo(input[(kind.Length + 1)..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input[..length], hash);
        return Token.Read(hash);
    }

    private readonly struct ConversionKeys(PagedArray<ConversionRow> rows) : IRowKeys
    {
        public ulong HashOf(int row) => rows[row].Id.Low;

        public void Prefetch(int row) => rows.Prefetch(row);
    }

    private readonly struct OrderKeys(PagedArray<ConversionRow> rows) : IRowKeys
    {
        public ulong HashOf(int row) => rows[row].Order.Low;

        public void Prefetch(int row) => rows.Prefetch(row);
    }

    private readonly struct RefundKeys(PagedArray<RefundRow> rows) : IRowKeys
    {
        public ulong HashOf(int row) => rows[row].Target.Low;

        public void Prefetch(int row) => rows.Prefetch(row);
    }

    private readonly struct ConversionProbe(PagedArray<ConversionRow> rows, Token id) : IRowProbe
    {
        public bool Matches(int row) => rows[row].Id == id;
    }

    private readonly struct OrderProbe(PagedArray<ConversionRow> rows, Token order) : IRowProbe
    {
        public bool Matches(int row) => rows[row].Order == order;
    }

    private readonly struct RefundProbe(PagedArray<RefundRow> rows, Token target) : IRowProbe
    {
        public bool Matches(int row) => rows[row].Target == target;
    }
}
