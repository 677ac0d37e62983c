using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Server.Api;

namespace Throughline.Server.Doors;

/// <summary>
/// An event's JSON under way, and from where in the sender's message each part of it came: what is wrong with the event is told
/// in the sender's words. Values are copied as they were sent, so that the one check of events sees all of them. Reused.
/// </summary>
internal sealed class EventDraft
{
    private readonly ArrayBufferWriter<byte> buffer = new(4096);
    private readonly Utf8JsonWriter json;
    private readonly List<Origin> origins = [];
    private readonly HashSet<string> leftOut = new(StringComparer.Ordinal);

    public EventDraft() => json = new(buffer, JsonWriting.Options with { SkipValidation = true, MaxDepth = 1000 });

    public Utf8JsonWriter Json => json;

    /// <summary>The door has made up the time, or moved it: sent again, the event may have another.</summary>
    public bool IsTimeOurs { get; set; }

    /// <summary>Parts that the event does without, as the sender's pointers.</summary>
    public IReadOnlyCollection<string> LeftOut => leftOut;

    public void Begin()
    {
        buffer.ResetWrittenCount();
        json.Reset();
        origins.Clear();
        IsTimeOurs = false;
        json.WriteStartObject();
    }

    public ReadOnlySpan<byte> End()
    {
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan;
    }

    /// <summary>Nothing is left out of the next message.</summary>
    public void ForgetLeftOut() => leftOut.Clear();

    /// <summary>Notes that what stands at a place of the event came from a place of the message.</summary>
    /// <param name="target">A pointer into the event.</param>
    /// <param name="source">A pointer into the message.</param>
    /// <param name="optional">The event can do without it.</param>
    public void Came(string target, string source, bool optional = false) => origins.Add(new(target, source, optional));

    /// <summary>Copies a member as it was sent.</summary>
    public void Raw(string name, JsonElement value, string source, bool optional = false)
    {
        if (leftOut.Count > 0 && leftOut.Contains(source))
            return;
        json.WritePropertyName(name);
        WriteRaw(value);
        Came("/" + name, source, optional);
    }

    /// <summary>Copies a value; numbers become texts, since senders write ids either way.</summary>
    public void WriteText(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number)
            json.WriteStringValue(JsonMarshal.GetRawUtf8Value(value));
        else
            WriteRaw(value);
    }

    public void WriteRaw(JsonElement value) =>
        json.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);

    public bool IsLeftOut(string source) => leftOut.Count > 0 && leftOut.Contains(source);

    /// <summary>
    /// Says where in the message something is wrong. True if the event can do without that part: it is left out from now on, and
    /// the event is to be written once more.
    /// </summary>
    /// <param name="pointer">Into the event; becomes one into the message.</param>
    /// <param name="others">Where properties came from that were noted nowhere.</param>
    public bool Locate(ref string pointer, string others)
    {
        string found = pointer;
        Origin best = default;
        foreach (Origin origin in origins)
            if (IsWithin(found, origin.Target) && origin.Target.Length >= (best.Target?.Length ?? 0))
                best = origin;
        if (best.Target is null)
        {
            bool isField = EventJson.IsField(System.Text.Encoding.UTF8.GetBytes(FirstOf(found)));
            pointer = found.Length == 0 || isField ? "" : others + found;
            return false;
        }
        string rest = found[best.Target.Length..];
        // A value of ours in place of one of theirs: what is wrong in it is wrong with the whole of theirs.
        pointer = best.Source + (best.Target.StartsWith("/identifiers/", StringComparison.Ordinal) ? "" : rest);
        return best.IsOptional && leftOut.Add(best.Source);
    }

    private static bool IsWithin(string pointer, string target) =>
        pointer.StartsWith(target, StringComparison.Ordinal)
        && (pointer.Length == target.Length || pointer[target.Length] == '/');

    private static string FirstOf(string pointer)
    {
        int end = pointer.IndexOf('/', Math.Min(1, pointer.Length));
        return pointer.Length == 0 ? ""
            : end < 0 ? pointer[1..]
            : pointer[1..end];
    }

    private readonly record struct Origin(string Target, string Source, bool IsOptional);
}
