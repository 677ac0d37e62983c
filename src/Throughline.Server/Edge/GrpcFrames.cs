using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Google.Protobuf;

namespace Throughline.Server.Edge;

/// <summary>Statuses of gRPC that the gate answers with.</summary>
internal enum GrpcStatus
{
    Ok = 0,
    InvalidArgument = 3,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    Unimplemented = 12,
    Internal = 13,
    Unauthenticated = 16,
}

/// <summary>
/// Unary gRPC over HTTP/2: each message is one byte of compression (always 0 here), four of length, then the message; the status
/// follows in trailers.
/// </summary>
internal static class GrpcFrames
{
    public const string ContentType = "application/grpc";

    private const int HeadLength = 5;

    /// <summary>Reads the one message of a call.</summary>
    /// <returns>The message's bytes, or why there are none.</returns>
    public static async ValueTask<(byte[]? Message, GrpcStatus Status)> ReadAsync(
        PipeReader body,
        int bytesMax,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            ReadResult read = await body.ReadAsync(cancellation);
            ReadOnlySequence<byte> bytes = read.Buffer;
            if (bytes.Length >= HeadLength)
            {
                (bool compressed, uint length) = HeadOf(bytes);
                if (compressed)
                    return (null, GrpcStatus.Unimplemented);
                if (length > bytesMax)
                    return (null, GrpcStatus.ResourceExhausted);
                if (bytes.Length >= HeadLength + length)
                {
                    byte[] message = bytes.Slice(HeadLength, length).ToArray();
                    body.AdvanceTo(bytes.End);
                    return (message, GrpcStatus.Ok);
                }
            }
            body.AdvanceTo(bytes.Start, bytes.End);
            if (read.IsCompleted)
                return (null, GrpcStatus.InvalidArgument);
        }
    }

    /// <summary>Writes the head of an answer and its message; the status goes into <see cref="WriteStatus"/>.</summary>
    public static void Write(PipeWriter body, IMessage message)
    {
        int length = message.CalculateSize();
        Span<byte> head = body.GetSpan(HeadLength);
        head[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(head[1..], (uint)length);
        body.Advance(HeadLength);
        message.WriteTo(body);
    }

    public static void WriteStatus(HttpResponse response, GrpcStatus status)
    {
        response.AppendTrailer(
            "grpc-status",
            ((int)status).ToString(System.Globalization.CultureInfo.InvariantCulture)
        );
    }

    private static (bool Compressed, uint Length) HeadOf(ReadOnlySequence<byte> bytes)
    {
        Span<byte> head = stackalloc byte[HeadLength];
        bytes.Slice(0, HeadLength).CopyTo(head);
        return (head[0] != 0, BinaryPrimitives.ReadUInt32BigEndian(head[1..]));
    }
}
