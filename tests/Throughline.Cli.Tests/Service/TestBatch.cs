using System.Buffers;
using System.Text;
using Throughline.Cli.Service;

namespace Throughline.Cli.Tests.Service;

/// <summary>A batch of given lines.</summary>
internal sealed class TestBatch : EventBatch
{
    public TestBatch(params IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            Buffer.Write(Encoding.UTF8.GetBytes(line + "\n"));
            Count++;
        }
    }
}
