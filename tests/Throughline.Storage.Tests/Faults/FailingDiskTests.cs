using Throughline.Testing;
using Throughline.Testing.Faults;

namespace Throughline.Storage.Tests.Faults;

/// <summary>
/// Every file operation of a run fails once, or from then on: nothing acknowledged is lost, no batch is torn, and the cell
/// opens again or says why not. Afterwards it also loses power twice while it recovers and goes on.
/// </summary>
public sealed class FailingDiskTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_NthOperationFails_NothingAcknowledgedIsLost(bool forGood) =>
        FaultHostProcess.RunCases(FaultMode.Fail, FaultFs.InputOutputError, forGood, stride: 1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_NthOperationFindsTheDiskFull_NothingAcknowledgedIsLost(bool forGood) =>
        FaultHostProcess.RunCases(FaultMode.Fail, FaultFs.NoSpace, forGood, stride: LongTests.Rounds(4, 1));
}
