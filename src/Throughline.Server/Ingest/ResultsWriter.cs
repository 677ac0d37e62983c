using System.Buffers;
using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Server.Api;

namespace Throughline.Server.Ingest;

/// <summary>
/// Writes the answer to a batch:
/// <code>
/// {"results":[{"id":"e1","status":"accepted"},{"id":"e2","status":"accepted","newName":"…"},
///  {"id":"e3","status":"rejected","reason":"…","pointer":"…","message":"…"}],"accepted":2,"duplicates":0,"rejected":1}
/// </code>
/// A problem of the whole body puts its members in front. In the minimal form results of accepted events are left out, but for
/// those that declared a name, and the others carry their <c>index</c> in the body.
/// </summary>
internal static class ResultsWriter
{
    private const int FlushBytes = 32 * 1024;

    public static async Task WriteAsync(HttpContext context, IngestSession session, Problem? problem, bool minimal)
    {
        HttpResponse response = context.Response;
        if (problem is null)
            response.ContentType = "application/json";
        else
            problem.Prepare(response);
        if (minimal)
            response.Headers["Preference-Applied"] = "return=minimal";

        AnswerBuffer answer = session.Answer;
        answer.Clear();
        answer.Append("{"u8);
        if (problem is not null)
            AppendMembers(answer, problem);
        if (problem is null || session.Results.Count > 0)
        {
            answer.Append(problem is null ? "\"results\":["u8 : ",\"results\":["u8);
            bool first = true;
            for (int next = 0; next < session.Results.Count; )
            {
                next = AppendSome(answer, session.Results, next, minimal, ref first);
                if (answer.Length < FlushBytes)
                    continue;
                await response.BodyWriter.WriteAsync(answer.Written, context.RequestAborted);
                answer.Clear();
            }
            AppendCounts(answer, session.Results);
        }
        answer.Append("}"u8);
        await response.BodyWriter.WriteAsync(answer.Written, context.RequestAborted);
    }

    /// <summary>Appends results until the buffer wants to be sent; returns the index of the next one.</summary>
    private static int AppendSome(AnswerBuffer answer, ResultList results, int next, bool minimal, ref bool first)
    {
        for (; next < results.Count && answer.Length < FlushBytes; next++)
        {
            ref readonly EventResult result = ref results[next];
            string? newName = results.NewName(result);
            if (minimal && result.Outcome == EventOutcome.Accepted && newName is null)
                continue;
            answer.Append(first ? "{"u8 : ",{"u8);
            first = false;
            if (minimal)
            {
                answer.Append("\"index\":"u8);
                answer.AppendNumber(next);
                answer.Append(","u8);
            }
            answer.Append("\"id\":"u8);
            if (result.IdLength == 0)
                answer.Append("null"u8);
            else
                answer.AppendString(results.Id(result));
            answer.Append(StatusOf(result.Outcome));
            if (result.Outcome == EventOutcome.Rejected)
                AppendRejection(answer, results.Rejection(result));
            if (newName is not null)
            {
                answer.Append(",\"newName\":"u8);
                answer.AppendString(newName);
            }
            answer.Append("}"u8);
        }
        return next;
    }

    private static ReadOnlySpan<byte> StatusOf(EventOutcome outcome) =>
        outcome switch
        {
            EventOutcome.Accepted => ",\"status\":\"accepted\""u8,
            EventOutcome.Duplicate => ",\"status\":\"duplicate\""u8,
            EventOutcome.Rejected => ",\"status\":\"rejected\""u8,
            _ => throw new InvalidOperationException("an event that is not settled is never answered"),
        };

    private static void AppendRejection(AnswerBuffer answer, in Rejection rejection)
    {
        answer.Append(",\"reason\":"u8);
        answer.AppendString(rejection.Reason.Code());
        answer.Append(",\"pointer\":"u8);
        answer.AppendString(rejection.Pointer);
        answer.Append(",\"message\":"u8);
        answer.AppendString(rejection.Message);
    }

    private static void AppendCounts(AnswerBuffer answer, ResultList results)
    {
        answer.Append("],\"accepted\":"u8);
        answer.AppendNumber(results.Accepted);
        answer.Append(",\"duplicates\":"u8);
        answer.AppendNumber(results.Duplicates);
        answer.Append(",\"rejected\":"u8);
        answer.AppendNumber(results.Rejected);
    }

    private static void AppendMembers(AnswerBuffer answer, Problem problem)
    {
        ArrayBufferWriter<byte> members = new();
        using (Utf8JsonWriter json = new(members, JsonWriting.Options))
        {
            json.WriteStartObject();
            problem.WriteMembers(json);
            json.WriteEndObject();
        }
        answer.Append(members.WrittenSpan[1..^1]);
    }
}
