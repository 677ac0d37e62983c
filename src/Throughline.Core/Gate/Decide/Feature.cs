using Throughline.Cel.Library;
using Throughline.Core.Gate.Requests;

namespace Throughline.Core.Gate.Decide;

/// <summary>One feature of a request as records hold it.</summary>
/// <param name="id">Stored: never renumber.</param>
/// <param name="paths">The names in the rule language that read it.</param>
internal abstract class Feature(byte id, params string[] paths)
{
    public byte Id { get; } = id;
    public IReadOnlyList<string> Paths { get; } = paths;

    /// <summary>It is what new features are: not written.</summary>
    public abstract bool IsDefault(RequestFeatures request);

    /// <summary>Writes the value; true if it had to be cut.</summary>
    public abstract bool Write(RequestFeatures request, in RecordWriter writer);

    public abstract void Read(RequestFeatures request, ref RecordReader reader);
}

/// <summary>A text; longer ones than <see cref="LengthMax"/> are cut.</summary>
internal sealed class TextFeature(
    byte id,
    string path,
    Func<RequestFeatures, string?> get,
    Action<RequestFeatures, string> set
) : Feature(id, path)
{
    public const int LengthMax = 1_024;

    // A text that may be missing is told from an empty one.
    private readonly bool isOptional = get(new RequestFeatures()) is null;

    public override bool IsDefault(RequestFeatures request) =>
        isOptional ? get(request) is null : string.IsNullOrEmpty(get(request));

    public override bool Write(RequestFeatures request, in RecordWriter writer)
    {
        string text = get(request)!;
        writer.Text(text.AsSpan(0, Math.Min(text.Length, LengthMax)));
        return text.Length > LengthMax;
    }

    public override void Read(RequestFeatures request, ref RecordReader reader) => set(request, reader.Text());
}

/// <summary>True or false; only true is written.</summary>
internal sealed class FlagFeature(
    byte id,
    string path,
    Func<RequestFeatures, bool> get,
    Action<RequestFeatures, bool> set
) : Feature(id, path)
{
    public override bool IsDefault(RequestFeatures request) => !get(request);

    public override bool Write(RequestFeatures request, in RecordWriter writer) => false;

    public override void Read(RequestFeatures request, ref RecordReader reader) => set(request, true);
}

/// <summary>A number; null if it is not known.</summary>
internal sealed class NumberFeature(
    byte id,
    string[] paths,
    Func<RequestFeatures, long?> get,
    Action<RequestFeatures, long> set
) : Feature(id, paths)
{
    private readonly long? plain = get(new RequestFeatures());

    public override bool IsDefault(RequestFeatures request) => get(request) == plain;

    public override bool Write(RequestFeatures request, in RecordWriter writer)
    {
        writer.Number(get(request)!.Value);
        return false;
    }

    public override void Read(RequestFeatures request, ref RecordReader reader) => set(request, reader.Number());
}

/// <summary>The client's address.</summary>
internal sealed class AddressFeature(byte id, string path) : Feature(id, path)
{
    public override bool IsDefault(RequestFeatures request) => request.Address is null;

    public override bool Write(RequestFeatures request, in RecordWriter writer)
    {
        IpAddress address = request.Address!;
        writer.Byte(address.IsV6 ? (byte)6 : (byte)4);
        writer.Word((ulong)address.Bits);
        if (address.IsV6)
            writer.Word((ulong)(address.Bits >> 64));
        return false;
    }

    public override void Read(RequestFeatures request, ref RecordReader reader)
    {
        bool isV6 = reader.Byte() switch
        {
            4 => false,
            6 => true,
            _ => throw RecordReader.Damaged(),
        };
        ulong low = reader.Word();
        request.Address = IpAddress.Of(isV6 ? new UInt128(reader.Word(), low) : (uint)low, isV6);
    }
}

/// <summary>Headers, the first <see cref="CountMax"/> of them, with values cut at <see cref="ValueMax"/>.</summary>
internal sealed class HeadersFeature(byte id, string path) : Feature(id, path)
{
    public const int CountMax = 100;
    public const int ValueMax = 512;

    public override bool IsDefault(RequestFeatures request) => request.HeaderCount == 0;

    public override bool Write(RequestFeatures request, in RecordWriter writer)
    {
        int count = Math.Min(request.HeaderCount, CountMax);
        bool isCut = count < request.HeaderCount;
        writer.Number(count);
        foreach (HeaderField header in request.Headers.AsSpan(0, count))
        {
            writer.Text(header.Name.AsSpan(0, Math.Min(header.Name.Length, ValueMax)));
            writer.Text(header.Value.AsSpan(0, Math.Min(header.Value.Length, ValueMax)));
            isCut |= header.Name.Length > ValueMax || header.Value.Length > ValueMax;
        }
        return isCut;
    }

    public override void Read(RequestFeatures request, ref RecordReader reader)
    {
        int count = reader.Count(CountMax);
        HeaderField[] headers = new HeaderField[count];
        for (int i = 0; i < count; i++)
            headers[i] = new(reader.Text(), reader.Text());
        (request.Headers, request.HeaderCount) = (headers, count);
    }
}
