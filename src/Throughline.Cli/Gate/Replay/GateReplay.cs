using Throughline.Cli.CommandLine;
using Throughline.Cli.Gate.Lines;
using Throughline.Cli.Input;
using Throughline.Core.Gate.Agents;
using Throughline.Core.Gate.Counters;
using Throughline.Core.Gate.Decide;
using Throughline.Core.Gate.Lists;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;

namespace Throughline.Cli.Gate.Replay;

/// <summary>
/// Judges the requests of logs as they would have been judged live: in the order of (time, line), each as known at its moment. A
/// request is decided first; then the answer that it got is taken in (status, refused log-in), for rules of the response phase and
/// for what comes later.
/// </summary>
internal sealed class GateReplay
{
    private const int LinesBetweenProgress = 4096;

    private readonly IReadOnlyList<string> files;
    private readonly GateEngine engine;
    private readonly RequestLines lines;
    private readonly FeatureReader features = new(new AgentTable());
    private readonly EdgeRequest request = new();
    private readonly GateInputs inputs = new();
    private readonly GateDecision decision = new();
    private readonly GateDecision alerts = new();

    /// <param name="bots">Known addresses of good bots; null: none.</param>
    public GateReplay(GateModel model, IReadOnlyList<string> files, LineForm form, GoodBots? bots = null)
    {
        this.files = files;
        lines = new(form);
        engine = new(
            model,
            new CounterBank(new CounterLimits()),
            new ListBook(),
            new ReplayFacts(bots ?? KnownBots.Open([]))
        );
        Tally = new(model);
    }

    public ReplayTally Tally { get; }

    /// <summary>Receives each request that was judged, with its line.</summary>
    public Action<JudgedLine>? Judged { get; init; }

    /// <summary>Reads, sorts and judges all files; bad lines are counted and never stop it.</summary>
    /// <exception cref="CommandException">A file cannot be read.</exception>
    public void Run(IProgress<long> progress, CancellationToken cancellation)
    {
        using SortedLines sorted = new();
        for (int i = 0; i < files.Count; i++)
            Collect(i, sorted, cancellation);
        long done = 0;
        foreach ((LineKey _, ReadOnlyMemory<byte> line) in sorted.InOrder())
        {
            if (done++ % LinesBetweenProgress == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                progress.Report(done);
            }
            Judge(line.Span);
        }
        progress.Report(done);
    }

    private void Collect(int file, SortedLines sorted, CancellationToken cancellation)
    {
        try
        {
            using LineReader reader = new(InputFile.Open(files[file]));
            while (reader.TryRead(out ReadOnlySpan<byte> line, out bool tooLong))
            {
                if (reader.Line % LinesBetweenProgress == 0)
                    cancellation.ThrowIfCancellationRequested();
                if (tooLong)
                    Tally.Reject(files[file], reader.Line, InputReason.LineTooLong);
                else if (line.ContainsAnyExcept(" \t\r"u8))
                    Collect(file, reader.Line, line, sorted);
            }
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            throw InputFile.CannotRead(files[file], error);
        }
    }

    private void Collect(int file, long number, ReadOnlySpan<byte> line, SortedLines sorted)
    {
        switch (lines.ReadTime(line, request))
        {
            case LineOutcome.Request:
                sorted.Add(request.Time, file, number, line);
                break;
            case LineOutcome.Rejected:
                Tally.Reject(files[file], number, lines.Reason);
                break;
            default:
                Tally.PassOver();
                break;
        }
    }

    private void Judge(ReadOnlySpan<byte> line)
    {
        lines.Read(line, request, out ResponseFacts response);
        features.Read(request, inputs.Request);
        engine.Decide(request, inputs, decision);
        engine.Answered(inputs, response, alerts);
        bool isFlagged = decision.IsFlagged || alerts.IsFlagged;
        Tally.Add(inputs, decision, alerts, isFlagged);
        Judged?.Invoke(new(line, inputs, decision, alerts, isFlagged));
    }
}

/// <summary>A line that was judged; all of it is valid during the call alone.</summary>
/// <param name="line">As it is in the log.</param>
/// <param name="alerts">What rules of the response phase found.</param>
internal readonly ref struct JudgedLine(
    ReadOnlySpan<byte> line,
    GateInputs inputs,
    GateDecision decision,
    GateDecision alerts,
    bool isFlagged
)
{
    public ReadOnlySpan<byte> Line { get; } = line;
    public GateInputs Inputs { get; } = inputs;
    public GateDecision Decision { get; } = decision;
    public GateDecision Alerts { get; } = alerts;
    public bool IsFlagged { get; } = isFlagged;
}
