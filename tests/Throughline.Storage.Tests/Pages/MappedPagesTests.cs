using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Throughline.Core.State;
using Throughline.Storage.Pages;
using Throughline.Testing;

namespace Throughline.Storage.Tests.Pages;

/// <summary>Pages in a mapped file: who holds which, and what the file is while it is open and after.</summary>
public sealed unsafe class MappedPagesTests
{
    [Fact]
    public void Take_BeyondTheBound_SaysSoAndTheRestGoesOn()
    {
        using TempFolder folder = new();
        using MappedPages pages = MappedPages.Create(folder.Path, bytesMax: 3 << 20);
        using IPageHold hold = pages.Hold();
        List<nint> taken = [];
        for (int i = 0; i < 48; i++)
            taken.Add(hold.Take());
        Assert.Equal(48, taken.Distinct().Count());
        IOException full = Assert.Throws<IOException>(() => hold.Take());
        Assert.Contains("state.pages holds 3145728 bytes already", full.Message, StringComparison.Ordinal);
        hold.Drop(taken[7]);
        Assert.Equal(taken[7], hold.Take());
    }

    [Fact]
    public void Drop_OfAPageThatIsNotHeld_IsRefused()
    {
        using TempFolder folder = new();
        using MappedPages pages = MappedPages.Create(folder.Path);
        using IPageHold hold = pages.Hold();
        using IPageHold other = pages.Hold();
        nint page = hold.Take();
        Assert.Throws<InvalidOperationException>(() => other.Drop(page));
        hold.Drop(page);
        Assert.Throws<InvalidOperationException>(() => hold.Drop(page));
    }

    [Fact]
    public void Create_LeavesNoName_AndTakesAwayWhatAKilledOneLeft()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "an open file cannot be deleted there");
        using TempFolder folder = new();
        File.WriteAllText(folder[MappedPages.FileName], "left");
        using MappedPages pages = MappedPages.Create(folder.Path);
        using IPageHold hold = pages.Hold();
        hold.Take();
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
        using MappedPages second = MappedPages.Create(folder.Path); // as the next opening while readers of the last one end
        using IPageHold other = second.Hold();
        *(long*)hold.Take() = 1;
        *(long*)other.Take() = 2;
    }

    [Fact]
    public void Create_WhereNoFileMayBe_Throws()
    {
        using TempFolder folder = new();
        Directory.CreateDirectory(folder[$"{MappedPages.FileName}/in"]);
        Exception refused = Assert.ThrowsAny<Exception>(() => MappedPages.Create(folder.Path));
        Assert.True(refused is IOException or UnauthorizedAccessException, refused.ToString());
        Assert.Contains(MappedPages.FileName, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dispose_WhileAPageIsRead_LeavesItReadable()
    {
        using TempFolder folder = new();
        MappedPages pages = MappedPages.Create(folder.Path);
        IPageHold hold = pages.Hold();
        nint page = hold.Take();
        *(long*)page = 42;
        pages.Dispose();
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.Equal(42, *(long*)page);
        hold.Drop(page);
        Assert.ThrowsAny<Exception>(() =>
        {
            for (int i = 0; i < 17; i++)
                hold.Take(); // no more of the disk
        });
        hold.Dispose();
    }

    [Fact]
    public void Mapping_ThatNobodyReaches_Goes()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "looks into /proc");
        using TempFolder folder = new();
        Use(folder.Path);
        for (int i = 0; i < 20 && IsMapped(folder.Path); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.False(IsMapped(folder.Path), "it is still mapped");
    }

    [Fact]
    public void ResidentBytes_OfPagesWrittenJustNow_CountThem()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "mincore");
        using TempFolder folder = new();
        using MappedPages pages = MappedPages.Create(folder.Path);
        using IPageHold hold = pages.Hold();
        Assert.Equal(0, pages.ResidentBytes);
        for (int i = 0; i < 40; i++)
            new Span<byte>((void*)hold.Take(), IPageSource.PageBytes).Fill(1);
        Assert.InRange(pages.ResidentBytes!.Value, 1, pages.ReservedBytes);
    }

    [Fact]
    public void Foresee_OfPagesThatWereDrivenOut_BringsThemBackAsTheyWere()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "madvise, mincore");
        using TempFolder folder = new();
        using MappedPages pages = MappedPages.Create(folder.Path);
        using IPageHold hold = pages.Hold();
        nint[] taken = [.. Enumerable.Range(0, 16).Select(_ => hold.Take())];
        foreach (nint page in taken)
            new Span<byte>((void*)page, IPageSource.PageBytes).Fill((byte)(page >> 16));
        foreach (nint page in taken)
            PageOut(page);
        long before = pages.ResidentBytes!.Value;
        Assert.SkipUnless(before < 8 * IPageSource.PageBytes, "this system drives nothing out when asked to");
        foreach (nint page in taken)
            hold.Foresee(page, IPageSource.PageBytes);
        Assert.True(
            SpinWait.SpinUntil(() => pages.ResidentBytes >= 15 * IPageSource.PageBytes, TimeSpan.FromSeconds(60)),
            $"{pages.ResidentBytes} bytes are in memory"
        );
        foreach (nint page in taken)
            Assert.Equal(-1, new Span<byte>((void*)page, IPageSource.PageBytes).IndexOfAnyExcept((byte)(page >> 16)));
    }

    // Written to the file, then given up by memory.
    private static void PageOut(nint page)
    {
        const int Sync = 4; // MS_SYNC
        const int PageOutAdvice = 21; // MADV_PAGEOUT
        nint program = NativeLibrary.GetMainProgramHandle();
        var flush = (delegate* unmanaged<nint, nint, int, int>)NativeLibrary.GetExport(program, "msync");
        var advise = (delegate* unmanaged<nint, nint, int, int>)NativeLibrary.GetExport(program, "madvise");
        flush(page, IPageSource.PageBytes, Sync);
        advise(page, IPageSource.PageBytes, PageOutAdvice);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Use(string folder)
    {
        using MappedPages pages = MappedPages.Create(folder);
        using IPageHold hold = pages.Hold();
        *(long*)hold.Take() = 1;
        Assert.True(IsMapped(folder), "it is not mapped");
    }

    private static bool IsMapped(string folder) =>
        File.ReadLines("/proc/self/maps").Any(line => line.Contains(folder, StringComparison.Ordinal));
}
