using Xunit;

namespace Throughline.Testing;

/// <summary>
/// Real data that is not part of the repository: ../shared/data beside the working tree. A test that needs it is
/// skipped where it is missing, and fails where it must not be missing: with CI=true.
/// </summary>
public static class SharedData
{
    /// <summary>
    /// The path of a file or folder below ../shared/data, such as <c>gate/access-log/apache_logs</c>. Ends the test as
    /// skipped, or with CI=true as failed, if it is not there.
    /// </summary>
    public static string Require(string relative)
    {
        string path = Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "data", relative));
        if (!Path.Exists(path))
        {
            string missing = $"../shared/data/{relative} is missing";
            if (Environment.GetEnvironmentVariable("CI") == "true")
                Assert.Fail(missing + ", and with CI=true it must be there");
            Assert.Skip(missing);
        }
        return path;
    }
}
