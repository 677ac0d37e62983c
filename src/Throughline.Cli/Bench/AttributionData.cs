using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Throughline.Core.State;

namespace Throughline.Cli.Bench;

/// <summary>
/// Files of touches and conversions whose every row is a function of its number alone, and the rules for them: the same bytes on
/// every machine. Customers, campaigns, kinds and instants are drawn evenly and independently of one another.
/// </summary>
internal sealed class AttributionData(string folder, long touches, long conversions)
{
    public const int Campaigns = 200;
    public const int MostWindowDays = 31;
    public const int PeriodDays = 270;
    public const int HalfLifeDays = 7;
    public static readonly string[] Kinds = ["view", "click", "engaged_view"];

    private const ulong Seed = 20261122;
    private const long Start = 1_767_225_600_000; // 2026-01-01
    private const long DayMs = 86_400_000;
    private const int Priorities = 5;
    private const int Channels = 8;
    private const int BufferBytes = 1 << 20;
    private const int MostRowBytes = 256;

    public string Touches => Path.Combine(folder, "touches.csv");

    /// <summary>Of both files.</summary>
    public long Rows => touches + conversions;

    public string Conversions => Path.Combine(folder, "conversions.csv");

    /// <summary>The rules of query A (best touch) or B (time decay).</summary>
    public string Rules(char query) => Path.Combine(folder, $"rules-{query}.yaml");

    /// <summary>What the batch driver writes for a query.</summary>
    public string Credits(char query) => Path.Combine(folder, $"{query}.csv");

    /// <summary>As many as conversions.</summary>
    public long Customers { get; } = Math.Max(1, conversions);

    /// <summary>Writes what is not there yet.</summary>
    public void Make(IProgress<long> progress, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        string made = Path.Combine(folder, "made");
        string says = string.Create(CultureInfo.InvariantCulture, $"{Seed} {touches} {conversions}\n");
        if (File.Exists(made) && File.ReadAllText(made) == says)
            return;
        Write(Touches, "id,customer,time,campaign,channel,kind\n", touches, Touch, progress, cancellation);
        Write(
            Conversions,
            "id,customer,time,kind,order_id,minor,currency\n",
            conversions,
            Conversion,
            progress,
            cancellation
        );
        File.WriteAllText(Rules('A'), RulesOf("last", "one_winner"));
        File.WriteAllText(Rules('B'), RulesOf($"{{ name: time_decay, halfLife: {HalfLifeDays}d }}", "shared"));
        File.WriteAllText(Path.Combine(folder, "rules.csv"), RuleTable());
        File.WriteAllText(made, says);
    }

    private static int WindowDays(int campaign, int kind) =>
        1 + (int)(Draw(1, (ulong)(campaign * Kinds.Length + kind)) % MostWindowDays);

    private static int Priority(int campaign) => (int)(Draw(2, (ulong)campaign) % Priorities);

    private static ulong Draw(ulong what, ulong number) => Mix.Three(Seed, what, number);

    private int Touch(long number, Span<byte> row)
    {
        Line line = new(row);
        line.Number(number);
        line.Number((long)(Draw(3, (ulong)number) % (ulong)Customers) + 1);
        line.Number(Start + (long)(Draw(4, (ulong)number) % (PeriodDays * (ulong)DayMs)));
        int campaign = (int)(Draw(5, (ulong)number) % Campaigns);
        line.Number(campaign);
        line.Number(campaign % Channels);
        line.Text(Kinds[Draw(6, (ulong)number) % (ulong)Kinds.Length]);
        return line.End();
    }

    private int Conversion(long number, Span<byte> row)
    {
        Line line = new(row);
        line.Number(number);
        line.Number((long)(Draw(7, (ulong)number) % (ulong)Customers) + 1);
        line.Number(Start + (long)(Draw(8, (ulong)number) % (PeriodDays * (ulong)DayMs)));
        line.Text("purchase");
        line.Number(number);
        line.Number(100 + (long)(Draw(9, (ulong)number) % 50_000));
        line.Text("EUR");
        return line.End();
    }

    private static string RulesOf(string model, string exclusivity)
    {
        StringBuilder yaml = new("rules:\n");
        for (int campaign = 0; campaign < Campaigns; campaign++)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"  - campaign: \"{campaign}\"\n    windows: {{ ");
            for (int kind = 0; kind < Kinds.Length; kind++)
                yaml.Append(CultureInfo.InvariantCulture, $"{Kinds[kind]}: {WindowDays(campaign, kind)}d, ");
            yaml.Length -= 2;
            yaml.Append(CultureInfo.InvariantCulture, $" }}\n    priority: {Priority(campaign)}\n");
            yaml.Append(CultureInfo.InvariantCulture, $"    clickBeforeView: false\n    exclusivity: {exclusivity}\n");
            yaml.Append(CultureInfo.InvariantCulture, $"    model: {model}\n");
        }
        return yaml.ToString();
    }

    private static string RuleTable()
    {
        StringBuilder csv = new("campaign,kind,window_ms,priority\n");
        for (int campaign = 0; campaign < Campaigns; campaign++)
        for (int kind = 0; kind < Kinds.Length; kind++)
            csv.Append(
                CultureInfo.InvariantCulture,
                $"{campaign},{Kinds[kind]},{WindowDays(campaign, kind) * DayMs},{Priority(campaign)}\n"
            );
        return csv.ToString();
    }

    private static void Write(
        string path,
        string header,
        long rows,
        RowWriter row,
        IProgress<long> progress,
        CancellationToken cancellation
    )
    {
        using FileStream file = new(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                BufferSize = 0,
            }
        );
        file.Write(Encoding.ASCII.GetBytes(header));
        byte[] buffer = new byte[BufferBytes];
        int used = 0;
        for (long number = 1; number <= rows; number++)
        {
            used += row(number, buffer.AsSpan(used));
            if (used <= BufferBytes - MostRowBytes)
                continue;
            cancellation.ThrowIfCancellationRequested();
            progress.Report(number);
            file.Write(buffer, 0, used);
            used = 0;
        }
        file.Write(buffer, 0, used);
    }

    private delegate int RowWriter(long number, Span<byte> row);

    private ref struct Line(Span<byte> row)
    {
        private readonly Span<byte> row = row;
        private int used;

        public void Number(long value)
        {
            Utf8Formatter.TryFormat(value, row[used..], out int written);
            used += written;
            row[used++] = (byte)',';
        }

        public void Text(string text)
        {
            used += Encoding.ASCII.GetBytes(text, row[used..]);
            row[used++] = (byte)',';
        }

        /// <summary>Ends the row in place of its last comma; gives its bytes.</summary>
        public readonly int End()
        {
            row[used - 1] = (byte)'\n';
            return used;
        }
    }
}
