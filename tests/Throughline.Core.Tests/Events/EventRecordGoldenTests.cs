using System.Text;
using Throughline.Core.Events;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Events;

/// <summary>
/// The stored form of version 1, byte for byte, one file per type in golden/. A changed file means that stores in the field can no
/// longer be read: add a version instead. A missing file is written, and fails the test once.
/// </summary>
public sealed class EventRecordGoldenTests
{
    private const string Document = """{"kind":"campaign","id":"summer","windowDays":30}""";
    private const long Time = 1_780_315_200_000;

    public static TheoryData<string> Types => [.. EventSamples.All.Keys, "control", "tick"];

    [Theory]
    [MemberData(nameof(Types))]
    public void Encode_Sample_GivesTheGoldenBytes(string type) =>
        Assert.Equal(ToLines(Golden(type)), ToLines(Encode(type)));

    [Theory]
    [MemberData(nameof(Types))]
    public void TryFromUntrusted_GoldenBytes_ReadsAsTheSample(string type)
    {
        Assert.True(EventRecord.TryFromUntrusted(Golden(type), out EventRecord record, out string error), error);
        Assert.Equal("e-" + type, record.Text(EventField.Id)?.Replace("email_open", "nurture"));
        Assert.Equal(type, record.Type.ToString().ToLowerInvariant());
        Assert.Equal(1, record.KeyVersion);
        Assert.False(record.IsBackfill);
        int identifiers = type switch
        {
            "control" or "tick" => 0,
            "link" => 2,
            _ => 3,
        };
        Assert.Equal(identifiers, record.IdentifierCount);
        if (type is "control" or "tick")
            return;
        Assert.EndsWith(
            """ "shelf":{"id":"s1","row":3},"size":1.50}""".TrimStart(),
            record.Text(EventField.Properties)
        );
        Assert.StartsWith(
            type == "link"
                ? """{"identifiers":[{"type":"email","value":"Ada@Example.com"},"""
                : """{"identifiers":[{"type":"device","value":"d-1"},""",
            Encoding.UTF8.GetString(TestEventKeys.Open(record))
        );
    }

    private static byte[] Encode(string type)
    {
        if (EventSamples.All.TryGetValue(type, out string? json))
            return EventSamples.Encode(json);
        var buffer = new RecordBuffer();
        var platform = new PlatformEvents(new TestEventKeys());
        if (type == "tick")
            platform.Tick("e-tick", Time, buffer);
        else
            Assert.True(platform.TryControl(Encoding.UTF8.GetBytes(Document), "e-control", Time, buffer, out _));
        return buffer[0].ToArray();
    }

    private static byte[] Golden(string type)
    {
        string path = Repository.PathOf($"tests/Throughline.Core.Tests/Events/golden/v1-{type}.hex");
        if (File.Exists(path))
            return Convert.FromHexString(string.Concat(File.ReadAllLines(path)));
        File.WriteAllText(path, ToLines(Encode(type)));
        throw new InvalidOperationException($"{path} was missing and has been written: check it and run again");
    }

    private static string ToLines(byte[] bytes) =>
        string.Concat(Convert.ToHexStringLower(bytes).Chunk(64).Select(line => new string(line) + "\n"));
}
