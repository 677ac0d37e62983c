using System.Globalization;
using System.Text;
using Throughline.Cli.Service;

namespace Throughline.Cli.Bench;

/// <summary>Small events of a known shape, each new: clicks of people with a cookie and an account.</summary>
internal sealed class PlainClicks : EventBatch
{
    private const long Start = 1_780_000_000_000; // 2026-05-28

    public PlainClicks(int first, int count)
    {
        for (int number = first; number < first + count; number++)
            Append(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $$$"""{"id":"click-{{{number}}}","type":"click","time":{{{Start + number}}},"identifiers":[{"type":"cookie","value":"c-{{{number % 5000}}}"},{"type":"user","value":"u-{{{number % 3000}}}"}],"campaign":"bench","context":{"address":"203.0.113.7","userAgent":"Mozilla/5.0"}}"""
                )
            );
        Count = count;
    }

    private void Append(string json)
    {
        Buffer.Advance(Encoding.UTF8.GetBytes(json, Buffer.GetSpan(json.Length * 3)));
        Buffer.GetSpan(1)[0] = (byte)'\n';
        Buffer.Advance(1);
    }
}
