using Throughline.Core.Events;
using Throughline.Core.State;
using Throughline.Core.Tenant;
using Throughline.Storage.Pages;
using Throughline.Testing;
using Throughline.Testing.Events;

namespace Throughline.Core.Tests.Tenant;

/// <summary>A machine over pages that are shared and given back, beside one in the collector's memory: the same bytes, whatever is captured, rehearsed and restored meanwhile.</summary>
public sealed class MappedMachineTests
{
    private const int Facts = 30_000;
    private const int IdGeneration = 5_000; // ids retire, and their pages go back

    private static readonly TenantSettings Settings = new("test");

    [Theory]
    [InlineData(StatePages.Memory)]
    [InlineData(StatePages.Mapped)]
    public void Apply_BesideAMachineInTheCollectorsMemory_GivesTheSamePagesAndGivesEveryPageBack(StatePages kind)
    {
        int seed = Seeds.Next();
        Random random = new(seed);
        FactGenerator generator = new(seed) { Values = 4_000, Minutes = 30 * 24 * 60 };
        using TestPages pages = new(kind);
        (MemoryHistory plain, MemoryHistory mapped) = (new(), new());
        TenantMachine expected = new(Settings, plain, IdGeneration);
        TenantMachine machine = new(Settings, mapped, IdGeneration, pages.Source);
        List<(StateImage Image, Token Then)> images = [];
        List<Rehearsal> rehearsals = [];
        foreach (Fact fact in generator.Generate(Facts))
        {
            byte[] record = fact.Encode();
            Assert.Equal(plain.Apply(expected, record), mapped.Apply(machine, record));
            Retire(expected);
            Retire(machine);
            if (random.Next(1_500) == 0 && images.Count < 3)
                images.Add((machine.Capture(), machine.PageHash()));
            else if (random.Next(1_500) == 0 && rehearsals.Count < 3)
                rehearsals.Add(new(machine, mapped.ReadCopy, mapped.ReadResult));
            else if (random.Next(500) == 0 && images.Count > 0)
            {
                Check(images[0], mapped, pages.Source);
                images.RemoveAt(0);
            }
            else if (random.Next(500) == 0 && rehearsals.Count > 0)
            {
                rehearsals[0].Begin();
                rehearsals[0].Dispose();
                rehearsals.RemoveAt(0);
            }
        }
        Assert.True(pages.Used > 50, $"{pages.Used} pages: too few facts to show anything");
        Assert.Equal(expected.PageHash(), machine.PageHash());
        Assert.Equal(expected.ResultsDigest(), machine.ResultsDigest());
        images.ForEach(image => Check(image, mapped, pages.Source));
        rehearsals.ForEach(rehearsal => rehearsal.Dispose());

        // What is held now is what a machine of this state needs, and nothing more.
        StateImage last = machine.Capture();
        using TestPages fresh = new(kind);
        TenantMachine restored = TenantMachine.Restore(
            Settings,
            mapped,
            new ImageCopy(last, () => { }).Source(),
            fresh.Source
        );
        last.Release();
        Assert.Equal(machine.PageHash(), restored.PageHash());
        Assert.Equal(fresh.Used, pages.Used);
        machine.ReleasePages();
        restored.ReleasePages();
        Assert.Equal((0, 0), (pages.Used, fresh.Used));
    }

    [Fact]
    public void Restore_OfADamagedImage_GivesEveryPageBack()
    {
        MemoryHistory history = new();
        TenantMachine machine = new(Settings, history);
        foreach (Fact fact in new FactGenerator(3) { Values = 2_000 }.Generate(6_000))
            history.Apply(machine, fact.Encode());
        StateImage image = machine.Capture();
        StateSection[] sections = [.. image.Sections];
        sections[^1] = sections[^1] with
        {
            Length = sections[^1].Length + 1,
            CopyTo = stream =>
            {
                image.Sections[^1].CopyTo(stream);
                stream.WriteByte(0);
            },
        };
        StateSource damaged = new ImageCopy(image with { Sections = sections }, () => { }).Source();
        using TestPages pages = new(StatePages.Mapped);
        Assert.Throws<InvalidDataException>(() => TenantMachine.Restore(Settings, history, damaged, pages.Source));
        Assert.True(pages.Mapped!.ReservedBytes > 0, "it had taken pages");
        Assert.Equal(0, pages.Used);
    }

    private static void Retire(TenantMachine machine)
    {
        while (machine.TryTakeRetired(out RetiredIds? retired))
            machine.Forget(retired);
    }

    private static void Check((StateImage Image, Token Then) image, MemoryHistory history, IPageSource? source)
    {
        TenantMachine restored = TenantMachine.Restore(
            Settings,
            history,
            new ImageCopy(image.Image, () => { }).Source(),
            source
        );
        Assert.Equal(image.Then, restored.PageHash());
        restored.ReleasePages();
        image.Image.Release();
    }
}
