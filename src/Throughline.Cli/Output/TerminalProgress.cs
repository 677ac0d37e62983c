using System.Globalization;
using Spectre.Console;

namespace Throughline.Cli.Output;

/// <summary>A bar on a terminal, on standard error.</summary>
internal static class TerminalProgress
{
    public static Task<T> RunAsync<T>(string title, long? total, Func<IProgress<long>, Task<T>> work)
    {
        IAnsiConsole console = AnsiConsole.Create(
            new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }
        );
        return console
            .Progress()
            .AutoClear(false)
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new RemainingTimeColumn(),
                new SpinnerColumn()
            )
            .StartAsync(async context =>
            {
                ProgressTask task = context.AddTask(Markup.Escape(title), maxValue: total ?? double.MaxValue);
                task.IsIndeterminate = total is null;
                T result = await work(new Bar(task, title));
                task.IsIndeterminate = false;
                task.Value = task.MaxValue;
                return result;
            });
    }

    private sealed class Bar(ProgressTask task, string title) : IProgress<long>
    {
        public void Report(long value)
        {
            task.Value = value;
            task.Description = $"{Markup.Escape(title)} {value.ToString("N0", CultureInfo.InvariantCulture)}";
        }
    }
}
