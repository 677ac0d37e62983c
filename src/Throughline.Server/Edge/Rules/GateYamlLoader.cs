using System.Reflection;
using System.Text;
using Throughline.Core.Gate.Rules;

namespace Throughline.Server.Edge.Rules;

/// <summary>
/// Puts a file together with what it includes: other files (relative to it) and packs that come with the product. What is included
/// stands before what includes it.
/// </summary>
public sealed class GateYamlLoader
{
    /// <summary>The name of the pack that comes with the product.</summary>
    public const string DefaultPack = "default";
    private const int FilesMax = 100;

    private readonly Func<string, string> read;
    private readonly List<GateYamlFile> files = [];
    private readonly List<YamlIssue> issues = [];

    private GateYamlLoader(Func<string, string> read) => this.read = read;

    /// <summary>Loads a file, or a pack by its name.</summary>
    /// <param name="path">The file, or <see cref="DefaultPack"/>.</param>
    /// <param name="read">Gives a file's text; null: from the file system.</param>
    public static GateYamlSet Load(string path, Func<string, string>? read = null)
    {
        GateYamlLoader loader = new(read ?? File.ReadAllText);
        loader.Add(path, [], from: null);
        return new(loader.files, loader.issues);
    }

    private void Add(string path, IReadOnlyList<string> within, (GateYamlFile File, int Index)? from)
    {
        if (files.Exists(x => x.File == path))
            return; // twice included is included once
        string? text = null;
        string refusal = "";
        if (within.Contains(path))
            refusal = $"{path} includes itself";
        else if (files.Count >= FilesMax)
            refusal = $"more than {FilesMax} files";
        else
            text = TextOf(path, out refusal);
        if (text is null)
        {
            YamlIssue place = from is { } at
                ? at.File.Locate(new($"/include/{at.Index}", refusal))
                : new YamlIssue(path, new(1, 1), refusal);
            issues.Add(place);
            return;
        }
        GateYamlFile file = GateYaml.Read(text, path);
        for (int i = 0; i < file.Includes.Count; i++)
            Add(Resolve(file.Includes[i], path), [.. within, path], (file, i));
        files.Add(file);
        issues.AddRange(file.Issues);
    }

    private string? TextOf(string path, out string error)
    {
        error = $"there is no pack '{path}' in this build";
        if (path == DefaultPack)
            return Pack(path);
        try
        {
            return read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            error = $"cannot read {path}: {e.Message}";
            return null;
        }
    }

    private static string Resolve(string include, string from) =>
        include == DefaultPack || from == DefaultPack
            ? include
            : Path.Combine(Path.GetDirectoryName(from) ?? "", include);

    private static string? Pack(string name)
    {
        using Stream? stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name + ".yaml");
        if (stream is null)
            return null;
        using StreamReader reader = new(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}

/// <summary>A file with all that it includes.</summary>
public sealed class GateYamlSet
{
    private readonly IReadOnlyList<GateYamlFile> files;

    internal GateYamlSet(IReadOnlyList<GateYamlFile> files, IReadOnlyList<YamlIssue> issues)
    {
        this.files = files;
        Issues = issues;
        Document = new()
        {
            Rules = [.. files.SelectMany(x => x.Document.Rules)],
            Counters = [.. files.SelectMany(x => x.Document.Counters)],
            Lists = [.. files.SelectMany(x => x.Document.Lists)],
            Routes = [.. files.SelectMany(x => x.Document.Routes)],
        };
    }

    public GateDocument Document { get; }

    /// <summary>Of reading; those of the model are found by <see cref="Compile"/>.</summary>
    public IReadOnlyList<YamlIssue> Issues { get; }

    /// <summary>The cases of the file itself; those of what it includes are run there.</summary>
    public IReadOnlyList<GateCaseDocument> Cases => files.Count == 0 ? [] : files[^1].Cases;

    /// <summary>The model of all files together; null if there is any issue, of reading or of the model, each with its place.</summary>
    public GateModel? Compile(long version, out IReadOnlyList<YamlIssue> issues)
    {
        issues = Issues;
        if (issues.Count > 0)
            return null;
        GateModel? model = GateModel.Create(Document, version, out IReadOnlyList<GateIssue> found);
        issues = [.. found.Select(Locate)];
        return model;
    }

    // "/rules/7/when" of the whole is "/rules/2/when" of the file that holds the eighth rule.
    private YamlIssue Locate(GateIssue issue)
    {
        string[] parts = issue.Path.Split('/', 4);
        if (
            parts.Length >= 3
            && int.TryParse(parts[2], System.Globalization.CultureInfo.InvariantCulture, out int index)
        )
            foreach (GateYamlFile file in files)
            {
                int count = CountOf(file.Document, parts[1]);
                if (index < count)
                {
                    string own = string.Create(
                        System.Globalization.CultureInfo.InvariantCulture,
                        $"/{parts[1]}/{index}{(parts.Length > 3 ? "/" + parts[3] : "")}"
                    );
                    return file.Locate(issue with { Path = own });
                }
                index -= count;
            }
        return files[^1].Locate(issue); // of the whole: too many rules
    }

    private static int CountOf(GateDocument document, string array) =>
        array switch
        {
            "rules" => document.Rules.Count,
            "counters" => document.Counters.Count,
            "lists" => document.Lists.Count,
            _ => document.Routes.Count,
        };
}
