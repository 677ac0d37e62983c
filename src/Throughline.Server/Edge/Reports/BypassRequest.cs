using System.Text.Json;
using Throughline.Cel.Library;
using Throughline.Core.Events;
using Throughline.Core.Gate.Requests;
using Throughline.Server.Api;

namespace Throughline.Server.Edge.Reports;

/// <summary>A request that went past the gate, as an access log tells of it.</summary>
/// <param name="Id">Its sender's name for it.</param>
/// <param name="Response">How it was answered; null: the log does not say.</param>
internal sealed record BypassRequest(string Id, EdgeRequest Request, ResponseFacts? Response)
{
    private const int IdMax = 128;
    private const int TextMax = 16_384;

    public static bool TryRead(ObjectReader fields, out BypassRequest? request, out Rejection rejection)
    {
        const long none = -1;
        EdgeRequest read = new();
        string id = fields.Text("id", IdMax);
        read.Time = fields.Time("time", none);
        string address = fields.Text("address", max: 64);
        read.Method = Text(fields, "method") ?? "";
        read.Path = Text(fields, "path") ?? "";
        read.Query = Text(fields, "query") ?? "";
        read.Host = Text(fields, "host");
        if (read.Host is not null)
            read.Knowledge |= RequestKnowledge.Host;
        read.UserAgent = Text(fields, "userAgent");
        read.Referrer = Text(fields, "referrer");
        if ((read.UserAgent ?? read.Referrer) is not null)
            read.Knowledge |= RequestKnowledge.Agent;
        int status = fields.Integer("status", 0, 999, otherwise: 0);
        double bytes = fields.Number("bytes", 0, long.MaxValue / 2, otherwise: -1);
        request = null;
        if (!fields.Finish(out rejection))
            return false;
        if (read.Time == none)
            rejection = new(RejectionReason.MissingField, "/time", "The field is required.");
        else if (!IpAddress.TryParse(address, out IpAddress source, out string error))
            rejection = new(RejectionReason.BadValue, "/address", $"This is no IP address: {error}.");
        else
        {
            read.Address = source;
            request = new(id, read, status == 0 && bytes < 0 ? null : new ResponseFacts(status, (long)bytes));
        }
        return request is not null;
    }

    // An empty text is one that was sent empty, or not at all; a missing one, or null, is not known.
    private static string? Text(ObjectReader fields, string name)
    {
        if (fields.Element(name) is not { ValueKind: not JsonValueKind.Null } element)
            return null;
        if (element.ValueKind != JsonValueKind.String)
            fields.Fail(RejectionReason.WrongType, name, "The field must be of type string.");
        else if (ObjectReader.TextOf(element) is { } text)
            return text.Length > TextMax ? text[..TextMax] : text;
        else
            fields.Fail(RejectionReason.LoneSurrogate, name, "The text holds half a character.");
        return null;
    }
}
