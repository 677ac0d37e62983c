using Throughline.Cli.Input;
using Throughline.Cli.Input.AccessLog;
using Throughline.Core.Gate.Requests;

namespace Throughline.Cli.Gate.Lines;

/// <summary>
/// Turns lines of logs into requests as an edge would have seen them, and the answers that they got. Reusable; not for two threads.
/// </summary>
internal sealed class RequestLines(LineForm form)
{
    private readonly TextCache cache = new();
    private readonly LogText text = new();
    private readonly JsonRequests json = new();
    private readonly TargetText target = new();

    /// <summary>Why the last line was rejected.</summary>
    public InputReason Reason { get; private set; }

    /// <summary>The same as <see cref="Read"/>, for callers who need no more than the time.</summary>
    public LineOutcome ReadTime(ReadOnlySpan<byte> line, EdgeRequest request)
    {
        LineForm of = form == LineForm.Auto ? FormOf(line) : form;
        if (of != LineForm.Combined)
            return Read(line, request, out _);
        Reason = AccessLogParser.Parse(line, out AccessLogLine fields);
        request.Time = fields.Time;
        return Reason == InputReason.None ? LineOutcome.Request : LineOutcome.Rejected;
    }

    /// <summary>Fills the request; what a line does not say stays unknown.</summary>
    public LineOutcome Read(ReadOnlySpan<byte> line, EdgeRequest request, out ResponseFacts response)
    {
        request.Reset();
        response = default;
        LineForm of = form == LineForm.Auto ? FormOf(line) : form;
        LineOutcome outcome = of switch
        {
            LineForm.Ndjson => ReadJson(line, request, out response),
            LineForm.NginxError => NginxError.Read(line, cache, target, request, out response),
            _ => ReadLog(line, request, out response),
        };
        if (outcome == LineOutcome.Rejected && of != LineForm.Combined)
            Reason = of == LineForm.Ndjson ? InputReason.NotARequestEvent : InputReason.NotALogLine;
        return outcome;
    }

    private static LineForm FormOf(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith((byte)'{') || ContainerPrefix.Strip(line).Length < line.Length)
            return LineForm.Ndjson;
        return NginxError.Fits(line) ? LineForm.NginxError : LineForm.Combined;
    }

    private LineOutcome ReadJson(ReadOnlySpan<byte> line, EdgeRequest request, out ResponseFacts response)
    {
        LineOutcome outcome = json.Read(ContainerPrefix.Strip(line), cache, target, request, out response);
        return json.Wrapped.IsEmpty ? outcome : ReadLog(json.Wrapped, request, out response);
    }

    private LineOutcome ReadLog(ReadOnlySpan<byte> line, EdgeRequest request, out ResponseFacts response)
    {
        response = default;
        Reason = AccessLogParser.Parse(line, out AccessLogLine fields);
        if (Reason != InputReason.None)
            return LineOutcome.Rejected;
        request.Time = fields.Time;
        request.Address = cache.Address(fields.Address);
        request.Method = cache.Text(fields.Method);
        request.IsMalformed = fields.IsMalformed;
        // What is no request line tells probes apart all the same.
        ReadOnlySpan<byte> path = fields.IsMalformed ? fields.Request : fields.Path;
        target.Split(text.Decode(path, isAddress: true), request);
        if (!fields.Host.IsEmpty)
        {
            request.Host = cache.Text(text.Decode(fields.Host, isAddress: true));
            request.Knowledge |= RequestKnowledge.Host;
        }
        if (fields.HasHeaders)
        {
            request.Knowledge |= RequestKnowledge.Agent;
            request.Referrer = fields.Referrer.IsEmpty ? null : cache.Text(text.Decode(fields.Referrer, true));
            request.UserAgent = fields.UserAgent.IsEmpty ? null : cache.Text(text.Decode(fields.UserAgent, false));
        }
        response = new(fields.Status ?? 0, fields.Bytes ?? -1);
        return LineOutcome.Request;
    }
}
