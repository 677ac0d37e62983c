using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Output;

namespace Throughline.Cli.Attribution.Reports;

/// <summary>
/// The file of an export that can be gone on with: rows are written beside it (<c>.part</c>) as they come, and the file appears when they
/// are all there. What was broken off keeps its whole conversions, and what was asked for (<c>.part.question</c>). A device or pipe is written as the
/// rows come.
/// </summary>
/// <param name="question">What is asked for, of whom: rows of another are not gone on with.</param>
/// <param name="key">The member, or first column, that rows ascend by; those of one conversion have the same.</param>
internal sealed class ExportFile(string path, bool isCsv, string question, string key = "position")
{
    private bool isReplaced = true;

    private string Part => path + ".part";
    private string Question => Part + ".question";

    /// <summary>Begins anew, or after the last whole conversion of what was broken off.</summary>
    /// <param name="resumes">Go on, if there is something to go on with.</param>
    /// <param name="after">The key of the last conversion that is there; null: none is.</param>
    /// <exception cref="CommandException">The file cannot be written.</exception>
    public OutputStream Open(bool resumes, out string? after)
    {
        after = null;
        try
        {
            if (path.Length == 0 || Directory.Exists(path))
                throw CommandException.BadInput("file_unwritable", $"'{path}' is no file.");
            isReplaced = File.Exists(Part) || OutputFile.IsReplaced(path);
            if (!isReplaced)
                return new(new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite), path);
            if (!resumes || !File.Exists(Part))
            {
                File.WriteAllText(Question, question);
                return OutputStream.Create(Part);
            }
            if (File.Exists(Question) && File.ReadAllText(Question) != question)
                throw CommandException.BadInput(
                    "resume_differs",
                    $"'{Part}' was begun for another tenant or with other options: name another --out, or leave out --resume."
                );
            FileStream stream = new(Part, FileMode.Open, FileAccess.ReadWrite);
            stream.SetLength(WholeLength(stream, out after));
            stream.Seek(0, SeekOrigin.End);
            return new(stream, Part);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw OutputFile.CannotWrite(Part, error);
        }
    }

    /// <summary>All rows are there.</summary>
    public void Complete()
    {
        if (!isReplaced)
            return;
        try
        {
            File.Move(Part, path, overwrite: true);
            File.Delete(Question);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw OutputFile.CannotWrite(path, error);
        }
    }

    // Of the last conversion rows may be missing: it is asked for again.
    private long WholeLength(FileStream stream, out string? after)
    {
        long length = 0;
        long start = 0;
        string? last = null;
        after = null;
        bool isHeader = isCsv;
        List<byte> line = [];
        for (int next; (next = stream.ReadByte()) >= 0; )
        {
            line.Add((byte)next);
            if (next != '\n')
                continue;
            if (isHeader)
                start = KeyOf(line) == key ? line.Count : throw Unreadable(null);
            else if (KeyOf(line) is var found && found != last)
            {
                after = last;
                (last, start) = (found, length);
            }
            isHeader = false;
            length += line.Count;
            line.Clear();
        }
        return start;
    }

    private string KeyOf(List<byte> line)
    {
        try
        {
            string text = System.Text.Encoding.UTF8.GetString([.. line]);
            if (isCsv)
                return text.Split(',')[0];
            using JsonDocument row = JsonDocument.Parse(text);
            return row.RootElement.GetProperty(key).ToString();
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw Unreadable(error);
        }
    }

    private CommandException Unreadable(Exception? cause) =>
        CommandException.BadInput("file_unreadable", $"'{Part}' is no export of this form.", cause);
}
