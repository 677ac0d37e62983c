using Throughline.Cli.Service;
using Throughline.Storage;
using Throughline.Testing;

namespace Throughline.Cli.Tests.Service;

public sealed class ServiceConnectionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Open_HolderIsStarting_WaitsUntilItSaysWhereItIs()
    {
        using TempFolder first = new();
        using TempFolder folder = new();
        await using ServiceConnection service = await ServiceConnection.OpenAsync(first.Path, "serve", Cancellation);
        using FolderLock held = FolderLock.Take(folder.Path, "throughline serve", TimeProvider.System);
        File.Copy(Path.Combine(first.Path, "service.key"), Path.Combine(folder.Path, "service.key"));

        Task<ServiceConnection> opening = ServiceConnection.OpenAsync(folder.Path, "import", Cancellation);
        held.PublishAddress(service.Address.ToString());
        await using ServiceConnection opened = await opening.WaitAsync(TimeSpan.FromMinutes(1), Cancellation);

        Assert.Null(opened.Own);
        Assert.Equal(service.Address, opened.Address);
    }

    [Fact]
    public async Task Open_HolderIsEnding_TakesTheFolderOnceItIsFree()
    {
        using TempFolder folder = new();
        FolderLock held = FolderLock.Take(folder.Path, "throughline import", TimeProvider.System);

        Task<ServiceConnection> opening = ServiceConnection.OpenAsync(folder.Path, "import", Cancellation);
        Assert.False(opening.IsCompleted);
        held.Dispose();
        await using ServiceConnection opened = await opening.WaitAsync(TimeSpan.FromMinutes(1), Cancellation);

        Assert.NotNull(opened.Own);
    }
}
