using System.Buffers;
using System.Text;
using System.Text.Json;
using Throughline.Cli.Gate.Lines;
using Throughline.Cli.Import;
using Throughline.Cli.Input;
using Throughline.Cli.Input.AccessLog;
using Throughline.Cli.Service;
using Throughline.Core.Gate.Requests;

namespace Throughline.Cli.Gate.Bypass;

/// <summary>
/// Reads access logs and tells the gate what it could not know: which requests went past it, and how those were answered that it judged.
/// </summary>
internal sealed class BypassImport(
    ServiceClient client,
    DecisionField field,
    LineForm form,
    LineIds ids,
    RejectionLog rejections
)
{
    private const int BatchLines = 1_000;
    private const string Lines = "application/x-ndjson";

    private readonly RequestLines lines = new(form);
    private readonly EdgeRequest request = new();
    private readonly Batch bypasses = new();
    private readonly Batch answers = new();

    public long Read { get; private set; }
    public long Decided { get; private set; }
    public long Bypassed { get; private set; }
    public long Duplicates { get; private set; }

    /// <summary>Answers that the running service has taken: of decisions that it remembers.</summary>
    public long AnswersTaken { get; private set; }

    /// <exception cref="CommandLine.CommandException">A file cannot be read, or the service refuses.</exception>
    public async Task RunAsync(IReadOnlyList<string> files, IProgress<long> progress, CancellationToken cancellation)
    {
        foreach (string file in files)
        {
            using LineReader reader = new(InputFile.Open(file));
            while (Next(reader, file))
            {
                if (bypasses.Count == BatchLines || answers.Count == BatchLines)
                    await SendAsync(cancellation);
                if (Read % BatchLines == 0)
                    progress.Report(Read);
            }
        }
        await SendAsync(cancellation);
        progress.Report(Read);
    }

    private bool Next(LineReader reader, string file)
    {
        try
        {
            if (!reader.TryRead(out ReadOnlySpan<byte> line, out bool tooLong))
                return false;
            if (tooLong)
                Reject(file, reader.Line, InputReason.LineTooLong);
            else if (line.ContainsAnyExcept(" \t\r"u8))
                Take(line, file, reader.Line);
            return true;
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            throw InputFile.CannotRead(file, error);
        }
    }

    private void Take(ReadOnlySpan<byte> line, string file, long number)
    {
        LineOutcome outcome = lines.Read(line, request, out ResponseFacts response);
        if (outcome == LineOutcome.Other)
            return;
        Read++;
        if (outcome == LineOutcome.Rejected)
            Reject(file, number, lines.Reason);
        else if (!field.TryRead(line, out string decision))
            Reject(file, number, InputReason.DecisionFieldMissing);
        else if (decision.Length > 0)
        {
            Decided++;
            answers.Add(json => WriteAnswer(json, decision, response));
        }
        else
        {
            Span<byte> id = stackalloc byte[LineIds.MaxLength];
            string name = Encoding.ASCII.GetString(ids.Next(line, id));
            bypasses.Add(json => WriteRequest(json, name, response));
        }
    }

    private void Reject(string file, long line, InputReason reason) =>
        rejections.Add(new(file, line, reason.Code(), reason.Pointer(), reason.Message()));

    private async Task SendAsync(CancellationToken cancellation)
    {
        if (bypasses.Count > 0)
            using (JsonDocument receipt = await PostAsync("v1/gate/bypasses", bypasses, cancellation))
            {
                Bypassed += receipt.RootElement.GetProperty("taken").GetInt64();
                Duplicates += receipt.RootElement.GetProperty("duplicates").GetInt64();
            }
        if (answers.Count > 0)
            using (JsonDocument receipt = await PostAsync("v1/decisions/responses", answers, cancellation))
                AnswersTaken += receipt.RootElement.GetProperty("taken").GetInt64();
    }

    private async Task<JsonDocument> PostAsync(string path, Batch batch, CancellationToken cancellation)
    {
        JsonDocument receipt = await client.SendAsync(HttpMethod.Post, path, batch.Bytes, cancellation, Lines);
        batch.Clear();
        return receipt;
    }

    private void WriteRequest(Utf8JsonWriter json, string id, ResponseFacts response)
    {
        json.WriteString("id", id);
        json.WriteNumber("time", request.Time);
        json.WriteString("address", request.Address?.Text ?? "");
        json.WriteString("method", request.Method);
        json.WriteString("path", request.Path);
        json.WriteString("query", request.Query);
        if ((request.Knowledge & RequestKnowledge.Host) != 0)
            json.WriteString("host", request.Host ?? "");
        if ((request.Knowledge & RequestKnowledge.Agent) != 0)
        {
            json.WriteString("userAgent", request.UserAgent ?? "");
            json.WriteString("referrer", request.Referrer ?? "");
        }
        WriteAnswer(json, response);
    }

    private static void WriteAnswer(Utf8JsonWriter json, string decision, ResponseFacts response)
    {
        json.WriteString("id", decision);
        WriteAnswer(json, response);
    }

    private static void WriteAnswer(Utf8JsonWriter json, in ResponseFacts response)
    {
        if (response.Status > 0)
            json.WriteNumber("status", response.Status);
        if (response.Bytes is >= 0 and <= int.MaxValue)
            json.WriteNumber("bytes", response.Bytes);
    }

    /// <summary>Lines that are sent together.</summary>
    private sealed class Batch
    {
        private readonly ArrayBufferWriter<byte> buffer = new();

        public int Count { get; private set; }

        public ReadOnlyMemory<byte> Bytes => buffer.WrittenMemory.ToArray();

        public void Add(Action<Utf8JsonWriter> write)
        {
            using (Utf8JsonWriter json = new(buffer))
            {
                json.WriteStartObject();
                write(json);
                json.WriteEndObject();
            }
            buffer.Write("\n"u8);
            Count++;
        }

        public void Clear()
        {
            buffer.ResetWrittenCount();
            Count = 0;
        }
    }
}
